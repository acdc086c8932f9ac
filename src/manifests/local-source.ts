/** Where a spec that no registry answers takes its package from, as far as that can be checked. */
export type LocalSource =
  /** A package of the workspace, by name; `range` as written behind `workspace:`. */
  | { kind: 'workspace'; name: string; range: string }
  /** A folder or file; `path` relative to the manifest's folder, or from the root of the repository. */
  | { kind: 'path'; path: string; from: 'manifest' | 'root' }
  /** Somewhere on the machine of whoever installs. */
  | { kind: 'outside' }
  | { kind: 'git'; pinnedBy: 'commit' | 'tag' | 'nothing'; plain: boolean }
  | { kind: 'web'; plain: boolean };

const GIT_HOSTS = /^(?:github|gitlab|bitbucket|gist):/i;
const GIT_PROTOCOL = /^(?:git(?:\+[a-z]+)?|ssh):/i;
const GIT_ADDRESS = /^[^\s/@:]+@[^\s/@:]+:/;
const SHORTHAND = /^[^@\s./~:][^@\s/:]*\/[^\s/#]+(?:#.*)?$/;
const LOCAL_PATH = /^(?:\.{1,2}(?:\/|$)|\/|~\/|[a-z]:[\\/])/i;

/** Says where a spec takes its package from; `null` for one that a registry, a catalog or some plugin answers. Never throws. */
export function readLocalSource(name: string, written: string): LocalSource | null {
  const spec = written.trim();
  const [, protocol = '', rest = ''] = /^(workspace|link|portal|file|patch):(.*)$/s.exec(spec) ?? [];
  if (protocol === 'workspace') return workspaceSource(name, rest);
  if (protocol === 'patch') return patchSource(rest);
  if (protocol !== '')
    return pathSource(
      rest
        .replace(/^\/\/(?=[./~])/, '')
        .replace(/#.*$/s, '')
        .replace(/::.*$/s, ''),
    );
  if (GIT_HOSTS.test(spec) || GIT_PROTOCOL.test(spec) || GIT_ADDRESS.test(spec)) return gitSource(spec);
  if (/^https?:\/\//i.test(spec)) return webSource(spec);
  if (LOCAL_PATH.test(spec)) return pathSource(spec);
  if (/^npm:/i.test(spec)) return null;
  if (SHORTHAND.test(spec)) return gitSource(spec);
  return null;
}

/** `workspace:^`, `workspace:1.x`, `workspace:other@*`, `workspace:../folder`. */
function workspaceSource(name: string, rest: string): LocalSource {
  if (/^\.{1,2}(?:\/|$)/.test(rest)) return pathSource(rest);
  const at = rest.lastIndexOf('@');
  if (at > 0) return { kind: 'workspace', name: rest.slice(0, at), range: rest.slice(at + 1) };
  if (rest.includes('/') && !rest.startsWith('@')) return { kind: 'path', path: rest, from: 'root' };
  return { kind: 'workspace', name, range: rest };
}

/** `patch:name@npm%3A1.0.0#~/.yarn/patches/name.patch`: the file must be there; Yarn's own patches are built in. */
function patchSource(rest: string): LocalSource | null {
  const hash = rest.indexOf('#');
  const [first = ''] = hash === -1 ? [] : rest.slice(hash + 1).split('&');
  const path = first.replace(/::.*$/s, '').replace(/^optional!/, '');
  if (path === '' || path.includes('builtin<')) return null;
  return path.startsWith('~/') ? { kind: 'path', path: path.slice(2), from: 'root' } : pathSource(path);
}

function pathSource(path: string): LocalSource {
  if (/^(?:\/|~|[a-z]:[\\/])/i.test(path)) return { kind: 'outside' };
  return { kind: 'path', path, from: 'manifest' };
}

function gitSource(spec: string): LocalSource {
  const hash = spec.indexOf('#');
  const commitish = hash === -1 ? '' : spec.slice(hash + 1).replace(/^commit=|^head=|&.*$/g, '');
  const plain = /^(?:git|git\+http):/i.test(spec);
  return { kind: 'git', pinnedBy: pinOf(commitish), plain };
}

/** An archive that a host of git repositories makes of a commit or a branch is as good, or as bad, as those. */
function webSource(spec: string): LocalSource {
  const plain = /^http:/i.test(spec);
  const url = URL.parse(spec);
  if (!url) return { kind: 'web', plain };
  if (url.pathname.endsWith('.git')) return { kind: 'git', pinnedBy: pinOf(url.hash.slice(1)), plain };
  const archive = /\/(?:tar\.gz|tarball|archive)\/(?:refs\/(?:heads|tags)\/)?([^/]+?)(?:\.tar\.gz|\.tgz|\.zip)?$/.exec(
    url.pathname,
  );
  return archive ? { kind: 'git', pinnedBy: pinOf(archive[1]!), plain } : { kind: 'web', plain };
}

function pinOf(commitish: string): 'commit' | 'tag' | 'nothing' {
  if (/^[0-9a-f]{40}(?:[0-9a-f]{24})?$/i.test(commitish)) return 'commit';
  return /^(?:semver:|v?\d+\.\d+|tag=|[\w@/.-]+@\d)/.test(commitish) ? 'tag' : 'nothing';
}
