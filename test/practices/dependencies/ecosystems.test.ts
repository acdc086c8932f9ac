import { describe, expect, test } from 'vitest';
import { malware } from '../../support/registry/osv.ts';
import { type Visit, visit } from './neighbourhood.ts';

const indexed: Visit['indexed'] = {
  'pypi/requests': { '2.31.0': {}, '2.32.3': { isDefault: true } },
  'cargo/serde': { '1.0.0': { isDefault: true } },
  'go/github.com/pkg/errors': { 'v0.9.1': { isDefault: true } },
  'rubygems/rails': { '7.1.0': { isDefault: true } },
  'maven/org.slf4j:slf4j-api': { '2.0.0': { isDefault: true } },
  'nuget/newtonsoft.json': { '13.0.1': { isDefault: true } },
};

const pom = (version: string) =>
  `<project><dependencies><dependency><groupId>org.slf4j</groupId><artifactId>slf4j-api</artifactId><version>${version}</version></dependency></dependencies></project>`;
const project = (include: string, version: string) =>
  `<Project><ItemGroup><PackageReference Include="${include}" Version="${version}" /></ItemGroup></Project>`;

const ABSENT = ['package-absent (warning)'];
const NO_VERSION = ['version-unsatisfiable (warning)'];

const CASES: [what: string, changed: Visit['changed'], codes: string[]][] = [
  ['Python, there', { 'requirements.txt': 'requests>=2\n' }, []],
  ['Python, another spelling', { 'requirements-dev.txt': 'Requests [security] ~= 2.0 ; python_version > "3"\n' }, []],
  ['Python, nowhere', { 'requirements.txt': 'requests-async-magic\n' }, ABSENT],
  ['Python, no such version', { 'requirements.txt': 'requests==9.9.9\n' }, NO_VERSION],
  ['Python, that version', { 'requirements.txt': 'requests==2.31\n' }, []],
  [
    'pyproject, nowhere',
    { 'pyproject.toml': '[project]\nname = "w"\ndependencies = ["requests", "flask-magic>=1"]\n' },
    ABSENT,
  ],
  ['Poetry, nowhere', { 'pyproject.toml': '[tool.poetry.dependencies]\npython = "^3"\nflask-magic = "^1"\n' }, ABSENT],
  ['Rust, there', { 'Cargo.toml': '[dependencies]\nserde = { version = "1", features = ["derive"] }\n' }, []],
  ['Rust, nowhere', { 'Cargo.toml': '[dev-dependencies]\nserde-magic = "1"\n' }, ABSENT],
  ['Rust, no such version', { 'Cargo.toml': '[dependencies]\nserde = "=9.9.9"\n' }, NO_VERSION],
  ['Go, there', { 'go.mod': 'module example.com/w\nrequire github.com/pkg/errors v0.9.1\n' }, []],
  ['Go, nowhere', { 'go.mod': 'module example.com/w\nrequire github.com/pkg/magic v0.9.1 // indirect\n' }, ABSENT],
  [
    'Go, no such version',
    { 'go.mod': 'module example.com/w\nrequire (\n  github.com/pkg/errors v9.9.9\n)\n' },
    NO_VERSION,
  ],
  [
    'Go, a commit',
    { 'go.mod': 'module example.com/w\nrequire github.com/pkg/errors v0.0.0-20260101000000-0123456789ab\n' },
    [],
  ],
  ['Ruby, there', { Gemfile: "source 'https://rubygems.org'\ngem 'rails', '~> 7.1'\n" }, []],
  ['Ruby, nowhere', { Gemfile: 'gem "rails-magic"\n' }, ABSENT],
  ['Ruby, no such version', { Gemfile: 'gem "rails", "9.9.9"\n' }, NO_VERSION],
  ['Maven, there', { 'pom.xml': pom('2.0.0') }, []],
  ['Maven, no such version', { 'pom.xml': pom('9.9.9') }, NO_VERSION],
  ['Maven, nowhere', { 'pom.xml': pom('1').replaceAll('slf4j-api', 'slf4j-magic') }, ABSENT],
  ['.NET, there', { 'a/b.csproj': project('Newtonsoft.Json', '13.0.1') }, []],
  ['.NET, nowhere', { 'a/b.fsproj': project('Newtonsoft.Magic', '13.0.1') }, ABSENT],
  [
    '.NET, exactly no such version',
    { 'Directory.Packages.props': `${project('Newtonsoft.Json', '[9.9.9]')}` },
    NO_VERSION,
  ],
  ['PHP, about which nobody is asked', { 'composer.json': { require: { 'monolog/monolog': '^3' } } }, []],
  ['a manifest that is none', { 'Cargo.toml': '[dependencies\n' }, ['manifest-unreadable']],
  ['a copied-in manifest', { 'vendor/x/Cargo.toml': '[dependencies]\nserde-magic = "1"\n' }, []],
];

describe('other ecosystems', () => {
  test.each(CASES)('%s', async (_what, changed, codes) => {
    expect((await visit({ changed, indexed })).codes).toEqual(codes);
  });

  test('only what is new is asked for', async () => {
    const before = { 'requirements.txt': 'old-one\nrequests==1\n' };
    const { asked, findings } = await visit({
      before,
      changed: { 'requirements.txt': 'old-one\nrequests==2.31.0\nnew-one\n' },
      indexed,
    });
    expect(asked.depsDev).toEqual(['new-one', 'requests']);
    expect(findings).toMatchObject([
      {
        code: 'package-absent',
        path: 'requirements.txt',
        line: 3,
        facts: { ecosystem: 'pypi', name: 'new-one', answer: 'unlisted' },
      },
    ]);
  });

  test('malware blocks here, too', async () => {
    const { codes, outcome } = await visit({
      changed: { 'requirements.txt': 'requests\n' },
      indexed,
      reports: [malware('MAL-2026-9', 'requests', 'PyPI')],
    });
    expect(codes).toEqual(['package-malicious']);
    expect(outcome).toBe('violation');
  });

  test('deps.dev out of order is said, and keeps nobody waiting', async () => {
    const { codes, outcome, judgement } = await visit({
      changed: { 'requirements.txt': 'requests\n' },
      depsDevFails: 503,
    });
    expect(codes).toEqual(['unverified (notice)']);
    expect(outcome).toBe('pass');
    expect(judgement.facts.unverified).toMatchObject([
      { ecosystem: 'pypi', name: 'requests', cause: 'it answered 503' },
    ]);
  });

  test('OSV out of order does, as for npm', async () => {
    const { outcome } = await visit({ changed: { 'requirements.txt': 'requests\n' }, indexed, osvFails: 503 });
    expect(outcome).toBe('undetermined');
  });
});
