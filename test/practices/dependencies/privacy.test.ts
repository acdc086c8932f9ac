import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { DEPS_DEV_ORIGIN } from '../../../src/registries/deps-dev.ts';
import { OSV_ORIGIN } from '../../../src/registries/osv.ts';
import { malware } from '../../support/registry/osv.ts';
import { manifest, visit } from './neighbourhood.ts';

const PRIVATE_SETTINGS = {
  '.npmrc': '@mapped:registry=https://npm.acme.example/',
  '.yarnrc.yml': 'npmScopes:\n  yarned:\n    npmRegistryServer: https://npm.acme.example',
  'package.json': { name: 'the-root', private: true, workspaces: ['packages/*'] },
  'packages/one/package.json': { name: 'sibling', private: true },
  'packages/two/package.json': { name: '@own/two', private: true },
  'nuget.config': '<configuration><packageSources><add key="acme" value="x" /></packageSources></configuration>',
  '.cargo/config.toml': '[registries.acme]\nindex = "https://crates.acme.example"',
};

const PRIVATE_NAMES = {
  'packages/three/package.json': {
    name: 'new-sibling',
    dependencies: {
      public: '^1',
      sibling: '^1',
      'the-root': '1',
      '@own/other': '1',
      '@mapped/a': '1',
      '@yarned/a': '1',
      '@configured/a': '1',
      '@listed/a': '1',
      'acme-internal': '1',
      aliased: 'npm:@mapped/b@1',
      workspace: 'workspace:*',
      linked: 'link:../x',
      git: 'git+ssh://git@git.acme.example/secret.git',
      short: 'acme/secret',
    },
    trustedDependencies: ['@mapped/a'],
  },
  'packages/three/index.ts': "import '@configured/imported';\nimport '@mapped/imported';\n",
  'setup.sh': 'npx @configured/commanded\nnpm install @mapped/commanded acme-commanded\n',
  'go.mod':
    'module github.com/acme/widgets\n\nrequire (\n\tgithub.com/acme/secret v1.0.0\n\tgit.acme.example/x/y v1.0.0\n\tgithub.com/pkg/errors v0.9.1\n)\n',
  'composer.json': { name: 'acme/widgets', require: { php: '^8', 'acme/secret': '^1' } },
  'pom.xml':
    '<project><groupId>com.acme.widgets</groupId><dependencies><dependency><groupId>com.acme.secret</groupId><artifactId>x</artifactId><version>1</version></dependency><dependency><groupId>org.slf4j</groupId><artifactId>slf4j-api</artifactId><version>2.0.0</version></dependency></dependencies></project>',
  'requirements.txt': '--extra-index-url https://pypi.acme.example/simple\nacme-python==1\n',
  'Widgets.csproj':
    '<Project><ItemGroup><PackageReference Include="Acme.Secret" Version="1.0.0" /></ItemGroup></Project>',
  'Cargo.toml': '[package]\nname = "widgets"\n[dependencies]\nacme-secret = "1"\n',
  Gemfile:
    'source "https://rubygems.org"\ngem "acme-configured"\nsource "https://gems.acme.example" do\n  gem "secret-gem"\nend\ngem "rails"\n',
};

const options = {
  private: ['@configured/*', 'acme-*'],
  registries: { '@listed': 'https://npm.acme.example' },
  licenses: { allow: ['permissive'] },
};

describe('no private name leaves', () => {
  test('not to npm, not to OSV, not to deps.dev', async () => {
    const { asked } = await visit({
      before: PRIVATE_SETTINGS,
      changed: PRIVATE_NAMES,
      packages: { public: { versions: ['1.0.0'] } },
      options,
    });
    expect(asked).toEqual({
      npm: ['public'],
      osv: ['github.com/pkg/errors', 'org.slf4j:slf4j-api', 'public', 'rails'],
      depsDev: ['github.com/pkg/errors', 'org.slf4j:slf4j-api', 'rails'],
    });
  });

  test('nor one that only a lockfile names', async () => {
    const lockfile = (packages: object) =>
      JSON.stringify({ name: 'widgets', lockfileVersion: 3, packages: { '': {}, ...packages } });
    const entry = (host: string, name: string) => ({
      version: '1.0.0',
      resolved: `https://${host}/${name}/-/x-1.0.0.tgz`,
      integrity: 'sha512-AAAA',
    });
    const { asked } = await visit({
      before: { ...manifest({}), ...PRIVATE_SETTINGS, 'package-lock.json': lockfile({}) },
      changed: {
        'package-lock.json': lockfile({
          'node_modules/@mapped/deep': entry('npm.acme.example', '@mapped/deep'),
          'node_modules/unmarked': entry('npm.acme.example', 'unmarked'),
          'node_modules/@configured/deep': entry('registry.example', '@configured/deep'),
          'node_modules/sibling': { resolved: 'packages/one', link: true },
          'node_modules/public': entry('registry.example', 'public'),
        }),
      },
      options,
    });
    expect(asked.osv).toEqual(['public']);
    expect([...asked.npm, ...asked.depsDev].filter((name) => name !== 'public')).toEqual([]);
  });

  test('where the repository signs in, what the registry does not show is heard of by nobody else', async () => {
    const { asked } = await visit({
      before: { ...manifest({}), '.npmrc': '//registry.example/:_authToken=secret' },
      changed: manifest({ '@maybe/private': '^1', '@surely/public': '^1', '@refused/x': '^1' }),
      packages: { '@surely/public': { versions: ['1.0.0'] }, '@refused/x': { status: 403 } },
    });
    expect(asked.npm).toEqual(expect.arrayContaining(['@maybe/private', '@refused/x', '@surely/public']));
    expect(asked.osv).toEqual(['@surely/public']);
    expect(asked.depsDev).toEqual([]);
  });

  test.each(['offline', 'none'])('with lookups: %s, no name at all', async (lookups) => {
    const { asked } = await visit({
      before: manifest({}),
      changed: { ...manifest({ public: '^1', react: '^19' }), ...PRIVATE_NAMES },
      options: { lookups },
    });
    expect(asked).toEqual({ npm: [], osv: [], depsDev: [] });
  });

  test('where another registry is named for all, no name at all', async () => {
    const { asked } = await visit({
      before: { '.npmrc': 'registry=https://npm.acme.example/' },
      changed: manifest({ react: '1', nowhere: '1' }),
    });
    expect(asked).toEqual({ npm: [], osv: [], depsDev: [] });
  });
});

describe('the page on privacy', () => {
  const page = readFileSync(new URL('../../../docs/privacy.md', import.meta.url), 'utf8');

  /** `| OSV | \`GET /v1/vulns/<id>\` | …` as a pattern, by host. */
  const patterns = [...page.matchAll(/^\| ([^|]+) \| `((?:GET|POST) [^`]+)` \|/gm)].map(([, host, request]) => ({
    host,
    pattern: new RegExp(`^${request!.replaceAll(/<[a-z]+>/g, '[^/]+')}$`),
  }));

  test('lists every request that is made', async () => {
    const { requests } = await visit({
      before: manifest({ moving: '1.0.0' }),
      changed: {
        ...manifest({ moving: '1.1.0', nowhere: '^1', '@scope/bad': '^1' }),
        'requirements.txt': 'requests\n',
      },
      packages: { moving: { versions: ['1.0.0', '1.1.0'] }, '@scope/bad': { versions: ['1.0.0'] } },
      reports: [malware('MAL-2026-1', '@scope/bad')],
    });
    const made = [
      ...requests.npm.map((request) => ({ host: 'the npm registry', request })),
      ...requests.osv.map((request) => ({ host: 'OSV', request })),
      ...requests.depsDev.map((request) => ({ host: 'deps.dev', request })),
    ];
    expect(
      made.filter(({ host, request }) => !patterns.some((one) => one.host === host && one.pattern.test(request))),
    ).toEqual([]);
    // And nothing that is never made.
    const unused = patterns.filter(
      ({ host, pattern }) => !made.some((one) => one.host === host && pattern.test(one.request)),
    );
    expect(unused).toEqual([]);
  });

  test.each([OSV_ORIGIN, DEPS_DEV_ORIGIN, 'COMPOSURE_OSV_URL', 'COMPOSURE_DEPSDEV_URL'])('names %s', (word) => {
    expect(page).toContain(word);
  });
});

describe('what is known without asking', () => {
  test('offline, popular names are fine and the rest is open', async () => {
    const { outcome, judgement } = await visit({
      before: manifest({}),
      changed: manifest({ react: '^19', 'react-hook-magic': '1' }),
      options: { lookups: 'offline' },
    });
    expect(outcome).toBe('undetermined');
    expect(judgement.facts.skipped).toMatchObject([{ name: 'react' }]);
    expect(judgement.facts.unverified).toMatchObject([{ name: 'react-hook-magic' }]);
  });

  test('with none, only what is wrong on its face', async () => {
    const given = {
      before: manifest({}),
      changed: manifest({ nowhere: '^1', odd: 'not a range' }),
      options: { lookups: 'none' },
    };
    expect(await visit(given)).toMatchObject({
      codes: ['spec-invalid'],
      judgement: { facts: { skipped: [{ name: 'nowhere' }] } },
    });
  });
});
