import { describe, expect, test } from 'vitest';
import { ECOSYSTEM_FORMATS } from '../../../src/manifests/ecosystems/formats.ts';

/** Name, spec, exact version and line of each package; an asterisk before those that nobody is asked about. */
function read(file: string, text: string) {
  const format = ECOSYSTEM_FORMATS.find((one) => one.matches(file));
  const result = format?.read(text);
  if (!result?.ok) return result;
  const packages = result.packages.map(({ name, spec, version, line, elsewhere }) => [
    `${elsewhere === null ? '' : '*'}${name}`,
    spec,
    version,
    line,
  ]);
  return { packages, namesRegistry: result.namesRegistry, own: [...result.own, ...result.ownPrefixes] };
}

// biome-ignore-start lint/suspicious/noTemplateCurlyInString: that is how Maven writes its properties.
const TABLE: [what: string, file: string, text: string, packages: unknown[]][] = [
  ['a name', 'requirements.txt', 'Flask', [['flask', '', null, 1]]],
  ['an exact version', 'requirements.txt', 'a.b_C == 1.0', [['a-b-c', '== 1.0', '1.0', 1]]],
  ['any of a version', 'requirements.txt', 'a==1.*', [['a', '==1.*', null, 1]]],
  ['several bounds', 'requirements.txt', 'a>=1,<2', [['a', '>=1,<2', null, 1]]],
  [
    'extras, markers, comments',
    'requirements.txt',
    '# b\na[x,y]>=1 ; python_version<"3" # c\n',
    [['a', '>=1', null, 2]],
  ],
  [
    'hashes over several lines',
    'requirements.txt',
    'a==1.0 \\\n  --hash=sha256:00\nb\n',
    [
      ['a', '==1.0', '1.0', 1],
      ['b', '', null, 3],
    ],
  ],
  ['an address', 'requirements.txt', 'a @ https://x.example/a.whl', [['*a', '@ https://x.example/a.whl', null, 1]]],
  ['paths and options', 'requirements.txt', './a\n-e .\n-r other.txt\ngit+https://x.example/a\na/b\n', []],
  [
    'PEP 735 groups',
    'pyproject.toml',
    '[dependency-groups]\ntest = ["pytest>8", {include-group = "x"}]',
    [['pytest', '>8', null, 2]],
  ],
  [
    'a source of its own',
    'pyproject.toml',
    '[project]\ndependencies = ["a"]\n[tool.uv.sources]\na = { workspace = true }',
    [['*a', '', null, 2]],
  ],
  [
    'Poetry’s tables',
    'pyproject.toml',
    '[tool.poetry.group.dev.dependencies]\na = "1.2.3"\nb = {git = "x"}\nc = {version = "^1"}',
    [
      ['a', '1.2.3', '1.2.3', 2],
      ['*b', '', null, 3],
      ['c', '^1', null, 4],
    ],
  ],
  [
    'a table',
    'Cargo.toml',
    '[dependencies]\na = "1"\nb = { path = "../b" }\nc = { git = "x" }\nd.workspace = true\ne = { version = "1", registry = "acme" }',
    [
      ['a', '1', null, 2],
      ['*b', '', null, 3],
      ['*c', '', null, 4],
      ['*d', '', null, 5],
      ['*e', '1', null, 6],
    ],
  ],
  [
    'another name',
    'Cargo.toml',
    '[dependencies]\na = { package = "real", version = "=1.2.3" }',
    [['real', '=1.2.3', '1.2.3', 2]],
  ],
  ['an empty name', 'Cargo.toml', '[dependencies]\n"" = "1"\na = { version = "2", package = "" }', []],
  ['an empty name', 'composer.json', '{"require":{"":"^1"}}', []],
  ['targets and headings', 'Cargo.toml', '[target."cfg(unix)".dependencies.a]\nversion = "1"', [['a', '1', null, 1]]],
  [
    'a replacement',
    'go.mod',
    'module m\nrequire github.com/a/b v1.0.0\nreplace github.com/a/b => ../b\n',
    [['*github.com/a/b', 'v1.0.0', 'v1.0.0', 2]],
  ],
  [
    'a host nobody knows',
    'go.mod',
    'require git.acme.example/a v1.0.0',
    [['*git.acme.example/a', 'v1.0.0', 'v1.0.0', 1]],
  ],
  [
    'options of one gem',
    'Gemfile',
    'gem "a", "1.0", require: false\ngem "b", path: "x"\ngem \'c\', :git => "x"\n# gem "d"\ngem("e", ">= 1", "< 2")',
    [
      ['a', '1.0', '1.0', 1],
      ['*b', '', null, 2],
      ['*c', '', null, 3],
      ['e', '>= 1, < 2', null, 5],
    ],
  ],
  [
    'blocks',
    'Gemfile',
    'group :test do\n  gem "a"\nend\npath "x" do\n  gem "b"\nend\ngem "c"',
    [
      ['a', '', null, 2],
      ['*b', '', null, 5],
      ['c', '', null, 7],
    ],
  ],
  [
    'properties',
    'pom.xml',
    '<project><properties><v>1.2</v></properties><dependencies><dependency><groupId>g</groupId>\n<artifactId>a</artifactId><version>${v}</version></dependency><dependency><groupId>${x}</groupId><artifactId>b</artifactId></dependency></dependencies></project>',
    [['g:a', '${v}', '1.2', 2]],
  ],
  [
    'ranges and the system',
    'pom.xml',
    '<project><dependencies><dependency><groupId>g</groupId><artifactId>a</artifactId><version>[1,2)</version></dependency><dependency><groupId>g</groupId><artifactId>b</artifactId><version>1</version><scope>system</scope></dependency></dependencies></project>',
    [
      ['g:a', '[1,2)', null, 1],
      ['*g:b', '1', '1', 1],
    ],
  ],
  [
    'a child for a version',
    'x.csproj',
    '<Project><ItemGroup><PackageReference Include="A.B"><Version>[1.0]</Version></PackageReference><PackageReference Include="$(X)" /></ItemGroup></Project>',
    [['A.B', '[1.0]', '1.0', 1]],
  ],
  [
    'the platform',
    'composer.json',
    '{"require": {"php": "^8", "ext-json": "*", "A/b": "1.2.3"}}',
    [['a/b', '1.2.3', '1.2.3', 1]],
  ],
];
// biome-ignore-end lint/suspicious/noTemplateCurlyInString: up to here.

describe('packages', () => {
  test.each(TABLE)('%s in %s', (_what, file, text, packages) => {
    expect(read(file, text)).toMatchObject({ packages });
  });
});

const REGISTRIES: [file: string, text: string, names: boolean][] = [
  ['requirements.txt', '-i https://pypi.org/simple\na', false],
  ['requirements.txt', '--extra-index-url=https://pypi.acme.example\na', true],
  ['requirements.txt', '--index-url https://pypi.org.evil.example/simple\na', true],
  ['pyproject.toml', '[[tool.poetry.source]]\nname = "acme"\nurl = "https://pypi.acme.example"', true],
  ['pyproject.toml', '[[tool.uv.index]]\nurl = "https://pypi.org/simple"', false],
  ['Gemfile', 'source "https://rubygems.org"', false],
  ['Gemfile', 'source :rubygems', false],
  ['Gemfile', 'source ENV["GEMS"]\nsource "https://gems.acme.example"', true],
  ['pom.xml', '<project><repositories><repository><url>x</url></repository></repositories></project>', true],
  ['pom.xml', '<project></project>', false],
  ['x.csproj', '<Project><PropertyGroup><RestoreSources>x</RestoreSources></PropertyGroup></Project>', true],
  ['composer.json', '{"repositories": [{"type": "vcs", "url": "x"}]}', true],
];

test.each(REGISTRIES)('%s names another registry (%j): %s', (file, text, names) => {
  expect(read(file, text)).toMatchObject({ namesRegistry: names });
});

test.each([
  ['pyproject.toml', '[project]\nname = "Acme_Widgets"', ['acme-widgets']],
  ['go.mod', 'module github.com/acme/widgets', ['github.com/acme/widgets', 'github.com/acme/']],
  [
    'pom.xml',
    '<project><groupId>com.acme.x</groupId><artifactId>a</artifactId></project>',
    ['com.acme.x:a', 'com.acme.x:', 'com.acme:', 'com.acme.'],
  ],
  ['composer.json', '{"name": "acme/widgets"}', ['acme/widgets', 'acme/']],
])('%s says whose it is', (file, text, own) => {
  expect(read(file, text)).toMatchObject({ own });
});

test.each([
  ['Cargo.toml', 'a = ', 1],
  ['pyproject.toml', '[x', 1],
  ['pom.xml', '<project>\n<a></b></project>', 2],
  ['composer.json', '{', null],
])('%s that is none is told with its line', (file, text, line) => {
  expect(read(file, text)).toMatchObject({ ok: false, line });
});

test('no entity is expanded', () => {
  const bomb =
    '<!DOCTYPE p [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;">]><project><dependencies><dependency><groupId>&b;</groupId><artifactId>x</artifactId></dependency></dependencies></project>';
  const result = read('pom.xml', bomb);
  expect(JSON.stringify(result)).not.toContain('aaaaaaaaaaaaaaaa');
});

describe('hostile text is read or refused', () => {
  const formats = ECOSYSTEM_FORMATS.map((format) => [format.ecosystem, format] as const);

  test.each(formats)('%s, in little time however it nests or repeats', (_ecosystem, format) => {
    const hostile = [
      '['.repeat(100_000),
      '<a>'.repeat(100_000),
      '{"a":'.repeat(50_000),
      'a '.repeat(200_000),
      `a${' '.repeat(300_000)}x`,
      'gem "a"\n'.repeat(50_000),
      '<a '.repeat(100_000),
      '('.repeat(200_000),
    ];
    const start = performance.now();
    for (const text of hostile) format.read(text);
    expect(performance.now() - start).toBeLessThan(10_000);
  });
});
