import npa from 'npm-package-arg';
import semver from 'semver';
import validateName from 'validate-npm-package-name';
import type { WantedVersion } from '../model/dependency.ts';

/** What one entry of a dependency field means, before anything is known of registries, workspaces and catalogs. */
export type NpmSpec =
  /** `name` is whom to ask for: behind an alias, the real package. */
  | { kind: 'registry'; name: string; want: WantedVersion }
  /** The version stands in a catalog: `''` is the default one. */
  | { kind: 'catalog'; catalog: string }
  /** No registry is asked for it, with the reason as the end of "… because it is …". */
  | { kind: 'elsewhere'; reason: string }
  | { kind: 'invalid-name'; cause: string }
  | { kind: 'invalid-spec'; cause: string };

/** How the repository's package manager reads `npm:word`: as another package (npm, pnpm, Bun) or as a tag (Yarn 2 on). */
export type BareAlias = 'package' | 'tag';

/** The longest name npm ever took. */
const MAX_NAME_LENGTH = 214;

/** `C:\folder` is no protocol. */
const PROTOCOL = /^([a-z][a-z0-9+.-]+):/i;

/** `git@host:owner/repository`, as `git clone` takes it. */
const SECURE_COPY_ADDRESS = /^[^\s/@:]+@[^\s/@:]+:/;

const REASONS: Readonly<Record<string, string>> = {
  workspace: 'a package of this workspace',
  link: 'a folder (link:)',
  portal: 'a folder (portal:)',
  file: 'a file or folder (file:)',
  patch: 'a patched package (patch:)',
  jsr: 'a package of the JSR registry (jsr:)',
  http: 'an archive at a web address',
  https: 'an archive at a web address',
  git: 'a git repository',
  ssh: 'a git repository',
  github: 'a git repository',
  gitlab: 'a git repository',
  bitbucket: 'a git repository',
  gist: 'a git repository',
};

/**
 * Reads one dependency as npm, pnpm, Yarn and Bun do. What only some of them know (`workspace:`, `catalog:`, `link:`, …)
 * is told apart first, because npm's own parser rejects it. Never throws; both arguments are hostile text.
 */
export function readNpmSpec(name: string, written: string, bareAlias: BareAlias = 'package'): NpmSpec {
  const spec = written.trim();
  const protocol = PROTOCOL.exec(spec)?.[1]?.toLowerCase();
  if (protocol === 'npm') return readAlias(name, spec, bareAlias);
  if (protocol === 'patch') return readPatched(spec, bareAlias);
  if (protocol === 'catalog') return { kind: 'catalog', catalog: spec.slice('catalog:'.length).trim() };
  if (protocol) return { kind: 'elsewhere', reason: reasonOf(protocol) };
  if (SECURE_COPY_ADDRESS.test(spec)) return { kind: 'elsewhere', reason: 'a git repository' };
  return readPlain(name, spec);
}

/** `patch:name@npm%3A1.0.0#the.patch`: what is patched is what is installed. */
function readPatched(spec: string, bareAlias: BareAlias): NpmSpec {
  const elsewhere = { kind: 'elsewhere', reason: reasonOf('patch') } as const;
  const [, name, encoded] = /^patch:((?:@[^/@]+\/)?[^/@]+)@([^#]*)/i.exec(spec) ?? [];
  if (name === undefined || encoded === undefined || /^patch%3A/i.test(encoded)) return elsewhere;
  try {
    const inner = readNpmSpec(name, decodeURIComponent(encoded), bareAlias);
    return inner.kind === 'registry' ? inner : elsewhere;
  } catch {
    return elsewhere;
  }
}

/** A protocol we have never heard of is somebody's plugin: not ours to accuse, and not a registry's. */
function reasonOf(protocol: string): string {
  if (Object.hasOwn(REASONS, protocol)) return REASONS[protocol]!;
  return protocol.startsWith('git+') ? 'a git repository' : `of a kind no registry holds (${protocol}:)`;
}

/** `^1.0.0`, `latest`, `owner/repository`, `./folder`, … */
function readPlain(name: string, spec: string): NpmSpec {
  const parsed = parse(name, spec);
  if ('thrown' in parsed) return causeOf(name, spec, parsed.thrown);
  switch (parsed.result.type) {
    case 'version':
    case 'range':
    case 'tag':
      return registrySpec(name, parsed.result.type, spec);
    case 'git':
      return { kind: 'elsewhere', reason: 'a git repository' };
    case 'remote':
      return { kind: 'elsewhere', reason: 'an archive at a web address' };
    default:
      return { kind: 'elsewhere', reason: 'a file or folder' };
  }
}

/** `npm:real@range`; also `npm:range`, as Yarn writes every range. */
function readAlias(name: string, spec: string, bareAlias: BareAlias): NpmSpec {
  const body = spec.slice('npm:'.length).trim();
  if (body !== '' && semver.validRange(body, true) !== null) return readPlain(name, body);
  if (bareAlias === 'tag' && /^[a-z0-9._-]+$/i.test(body)) return readPlain(name, body);

  const parsed = parse(name, `npm:${body}`);
  if ('thrown' in parsed) return causeOf(name, spec, parsed.thrown);
  const { subSpec } = parsed.result as npa.AliasResult;
  if (!subSpec.name) return { kind: 'invalid-spec', cause: 'the alias names no package' };
  return registrySpec(subSpec.name, subSpec.type as WantedVersion['type'], subSpec.fetchSpec ?? '');
}

function registrySpec(name: string, type: WantedVersion['type'], value: string): NpmSpec {
  const fault = faultOfName(name);
  if (fault) return { kind: 'invalid-name', cause: fault };
  // npm's parser is lenient and takes ">1 <" for a range; other package managers do not.
  if (type === 'range' && semver.validRange(value) === null) {
    return { kind: 'invalid-spec', cause: 'it is not a range of versions' };
  }
  return { kind: 'registry', name, want: { type, value: value.trim() } };
}

function parse(name: string, spec: string): { result: npa.Result } | { thrown: unknown } {
  try {
    // A folder of its own, so that the answer does not depend on where we happen to run.
    return { result: npa.resolve(name, spec, '/') };
  } catch (thrown) {
    return { thrown };
  }
}

function causeOf(name: string, spec: string, thrown: unknown): NpmSpec {
  const fault = faultOfName(name);
  if (fault) return { kind: 'invalid-name', cause: fault };
  const { code, message } = thrown as Error & { code?: string };
  if (code === 'EINVALIDPACKAGENAME') return { kind: 'invalid-name', cause: 'the alias stands for an invalid name' };
  if (code === 'EINVALIDTAGNAME') {
    return { kind: 'invalid-spec', cause: 'it is neither a version nor a range nor a possible tag' };
  }
  return { kind: 'invalid-spec', cause: /^npm:/i.test(spec) && message ? message : 'it is none that npm understands' };
}

/** Why no registry can hold a package of that name; `null` for a name that it can. */
function faultOfName(name: string): string | null {
  const { validForOldPackages, errors } = validateName(name);
  if (!validForOldPackages) return errors?.[0] ?? 'npm does not accept it';
  return name.length > MAX_NAME_LENGTH ? `it is longer than ${MAX_NAME_LENGTH} characters` : null;
}
