import { type DeclaredPackage, type EcosystemResult, MAX_PACKAGES } from './declared-package.ts';

/** A commit without a version of its own: nobody lists these one by one. */
const PSEUDO_VERSION = /-(?:0\.)?\d{14}-[0-9a-f]{12}(?:\+incompatible)?$/;

/** Forges and vanity domains of which everybody may fetch what is public. A module of any other host may be private. */
const PUBLIC_HOSTS: ReadonlySet<string> = new Set([
  'bitbucket.org',
  'cloud.google.com',
  'cel.dev',
  'codeberg.org',
  'dario.cat',
  'filippo.io',
  'github.com',
  'gitlab.com',
  'go.etcd.io',
  'go.mongodb.org',
  'go.opentelemetry.io',
  'go.opencensus.io',
  'go.uber.org',
  'go.starlark.net',
  'golang.org',
  'gonum.org',
  'google.golang.org',
  'gopkg.in',
  'gorm.io',
  'gotest.tools',
  'honnef.co',
  'k8s.io',
  'modernc.org',
  'mvdan.cc',
  'rsc.io',
  'sigs.k8s.io',
]);

/** Reads `go.mod`. Never throws. */
export function readGoMod(text: string): EcosystemResult {
  const required: { name: string; version: string; line: number }[] = [];
  const replaced = new Map<string, string>();
  const own: string[] = [];
  let block = '';
  for (const [index, raw] of text.split(/\r?\n/).entries()) {
    const words = raw
      .replace(/\/\/.*$/, '')
      .trim()
      .split(/\s+/)
      .map(unquoted);
    if (block === '' && words.length === 2 && words[1] === '(') {
      block = words[0]!;
      continue;
    }
    if (block !== '' && words[0] === ')') {
      block = '';
      continue;
    }
    const [verb, ...rest] = block === '' ? words : [block, ...words];
    if (verb === 'module' && rest[0]) own.push(rest[0]);
    if (verb === 'require' && rest[0] && rest[1] && required.length < MAX_PACKAGES) {
      required.push({ name: rest[0], version: rest[1], line: index + 1 });
    }
    if (verb === 'replace' && rest.includes('=>') && rest[0]) replaced.set(rest[0], rest[rest.indexOf('=>') + 1] ?? '');
  }
  const packages = required.map(({ name, version, line }): DeclaredPackage => {
    const exact = PSEUDO_VERSION.test(version) ? null : version;
    return { name, spec: version, version: exact, line, elsewhere: whereElse(name, replaced) };
  });
  // `github.com/acme/widgets` is of an owner whose other modules may be private.
  const ownPrefixes = own.flatMap((module) => {
    const [host, owner] = module.split('/');
    return owner === undefined ? [] : [`${host}/${owner}/`];
  });
  return { ok: true, packages, own, ownPrefixes, namesRegistry: false };
}

function whereElse(name: string, replaced: ReadonlyMap<string, string>): string | null {
  if (replaced.has(name)) return 'replaced by something else';
  return PUBLIC_HOSTS.has(name.split('/')[0] ?? '') ? null : 'on a host that may be private';
}

function unquoted(word: string): string {
  return word.replace(/^["`](.*)["`]$/, '$1');
}
