import type { DeclaredDependency } from './declared-dependency.ts';
import type { JsonObject } from './json-tree.ts';

/** One override as it stands, with the names that lead to it. */
interface Entry {
  keys: readonly string[];
  text: string | null;
  line: number;
}

/** `overrides` of npm: objects within objects, in which `.` means the package that the object is about. */
export function declaredInNpmOverrides(
  overrides: JsonObject,
  own: ReadonlyMap<string, string | null>,
): DeclaredDependency[] {
  return entriesOf(overrides, []).flatMap(({ keys, text, line }) => {
    const last = keys.findLast((key) => key !== '.') ?? '';
    return declared('overrides', keys.join('>'), nameInNpmKey(last), text, line, own);
  });
}

/** `resolutions` of Yarn: `name`, `parent/name`, any depth with two stars, `name@npm:1.0.0`. */
export function declaredInResolutions(
  resolutions: JsonObject,
  own: ReadonlyMap<string, string | null>,
): DeclaredDependency[] {
  return entriesOf(resolutions, []).flatMap(({ keys, text, line }) => {
    const key = keys.join('>');
    return declared('resolutions', key, nameInYarnKey(key), text, line, own);
  });
}

/** `overrides` of pnpm: `name`, `name@2`, `parent@1>name`; `-` takes the dependency out. */
export function declaredInPnpmOverrides(
  field: string,
  entries: Iterable<readonly [key: string, text: string | null, line: number]>,
  own: ReadonlyMap<string, string | null>,
): DeclaredDependency[] {
  return [...entries].flatMap(([key, text, line]) => {
    if (text?.trim() === '-') return [];
    return declared(field, key, nameInPnpmKey(key), text, line, own);
  });
}

function declared(
  field: string,
  key: string,
  name: string,
  text: string | null,
  line: number,
  own: ReadonlyMap<string, string | null>,
): DeclaredDependency[] {
  // `$name` repeats what the package itself depends on, which is judged where it stands.
  if (text?.startsWith('$')) {
    return own.has(text.slice(1)) ? [] : [{ field, key, name, spec: text, line }];
  }
  return [{ field, key, name, spec: text, line }];
}

function entriesOf(object: JsonObject, above: readonly string[]): Entry[] {
  return [...object.properties].flatMap(([key, { value, line }]): Entry[] => {
    const keys = [...above, key];
    if (value.type === 'object') return entriesOf(value.object, keys);
    return [{ keys, text: value.type === 'string' ? value.text : null, line }];
  });
}

function nameInNpmKey(key: string): string {
  return withoutVersion(key);
}

/** pnpm splits at a `>` that is no part of a range: `a@>2` is one package, `a>b` are two. */
function nameInPnpmKey(key: string): string {
  const split = key.search(/[^ |@]>/);
  return withoutVersion((split === -1 ? key : key.slice(split + 2)).trim());
}

function nameInYarnKey(key: string): string {
  const at = key.indexOf('@', 1);
  // A range may hold slashes (`name@npm:https://…`), so it goes first, unless it is a scope further down the path.
  const path = at === -1 || key[at - 1] === '/' ? key : key.slice(0, at);
  const parts = withoutTrailingRange(path).split('/');
  const last = parts.at(-1) ?? '';
  const scope = parts.at(-2) ?? '';
  return scope.startsWith('@') ? `${scope}/${last}` : last;
}

function withoutTrailingRange(path: string): string {
  const at = path.lastIndexOf('@');
  return at > 0 && path[at - 1] !== '/' ? path.slice(0, at) : path;
}

function withoutVersion(key: string): string {
  const at = key.indexOf('@', 1);
  return at === -1 ? key : key.slice(0, at);
}
