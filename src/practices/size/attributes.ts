/**
 * Reads `.gitattributes` as git does: `attr.c`, `dir.c` and `wildmatch.c` of git 2.39, tested against the real
 * `git check-attr`. Patterns here are not those of `.gitignore`: a folder's name does not reach into the folder, a
 * trailing slash matches no file, and `!` in front makes git drop the line. Macros (`[attr]…`) are left out: they
 * could only be defined at the top, and nobody was seen to hide Linguist's attributes in one.
 *
 * Everything works on bytes, one character a byte, because git does: `?` is a byte, not a letter.
 */

/** Whether one attribute is on for a path: `=value` keeps its value, `!name` and silence are both `undefined`. */
export type AttributeState = true | false | string | undefined;

/** One `.gitattributes` file, ready to be asked. */
export interface AttributeFile {
  /** The folder it stands in: empty for the top, otherwise without a trailing slash. */
  folder: string;
  rules: readonly Rule[];
}

interface Rule {
  matches(path: string, name: string): boolean;
  /** In the order written; a later one of the same name wins. `null` is `!name`: back to silence. */
  attributes: ReadonlyMap<string, true | false | string | null>;
}

/** Git ignores longer lines, so that nobody can use them to exhaust it. */
const MAX_LINE_BYTES = 2048;

const BLANK = ' \t\r\n';

/** Reads the text of one `.gitattributes`. Never throws: what git would skip with a warning is skipped. */
export function readAttributeFile(folder: string, text: string): AttributeFile {
  const lines = toBytes(text.startsWith('\uFEFF') ? text.slice(1) : text).split('\n');
  const rules: Rule[] = [];
  for (const line of lines) {
    const rule = readLine(line);
    if (rule) rules.push(rule);
  }
  return { folder: toBytes(folder), rules };
}

/**
 * What the attribute is for this path. `files` are in any order; those of other folders are passed over. The deepest
 * file that speaks of it wins, and in a file the last line.
 */
export function attributeOf(name: string, path: string, files: readonly AttributeFile[]): AttributeState {
  const whole = toBytes(path);
  const above = files.filter(({ folder }) => folder === '' || whole.startsWith(`${folder}/`));
  above.sort((a, b) => b.folder.length - a.folder.length);
  const base = whole.slice(whole.lastIndexOf('/') + 1);
  for (const { folder, rules } of above) {
    const below = folder === '' ? whole : whole.slice(folder.length + 1);
    for (let index = rules.length - 1; index >= 0; index--) {
      const rule = rules[index]!;
      const state = rule.attributes.get(name);
      if (state !== undefined && rule.matches(below, base)) return state ?? undefined;
    }
  }
  return undefined;
}

/** The folders whose `.gitattributes` speak of this path, the top first: `''`, `src`, `src/db`. */
export function foldersAbove(path: string): string[] {
  const folders = [''];
  for (let slash = path.indexOf('/'); slash >= 0; slash = path.indexOf('/', slash + 1)) {
    if (slash > 0) folders.push(path.slice(0, slash));
  }
  return folders;
}

function readLine(line: string): Rule | null {
  if (line.length >= MAX_LINE_BYTES) return null;
  let start = 0;
  while (start < line.length && BLANK.includes(line[start]!)) start++;
  if (start === line.length || line[start] === '#') return null;
  const { pattern, end } = unquote(line, start) ?? upToBlank(line, start);
  if (pattern.startsWith('[attr]') && pattern.length > '[attr]'.length) return null;
  if (pattern.startsWith('!')) return null;
  const attributes = readAttributes(line.slice(end));
  return attributes && { matches: compilePattern(pattern), attributes };
}

function upToBlank(line: string, start: number): { pattern: string; end: number } {
  let end = start;
  while (end < line.length && !BLANK.includes(line[end]!)) end++;
  return { pattern: line.slice(start, end), end };
}

/** Attributes of a line; `null` where one has a name that git refuses, which loses the whole line. */
function readAttributes(text: string): Rule['attributes'] | null {
  const attributes = new Map<string, true | false | string | null>();
  for (const word of text.split(/[ \t\r\n]+/)) {
    if (word === '') continue;
    const sign = word[0] === '-' || word[0] === '!' ? word[0] : '';
    const equals = word.indexOf('=');
    const name = word.slice(sign.length, equals < 0 ? undefined : equals);
    if (!/^[A-Za-z0-9_.][-A-Za-z0-9_.]*$/.test(name) || name.startsWith('builtin_')) return null;
    if (sign === '-') attributes.set(name, false);
    else if (sign === '!') attributes.set(name, null);
    else attributes.set(name, equals < 0 ? true : word.slice(equals + 1));
  }
  return attributes;
}

const ESCAPES: ReadonlyMap<string, string> = new Map([
  ['a', '\x07'],
  ['b', '\b'],
  ['f', '\f'],
  ['n', '\n'],
  ['r', '\r'],
  ['t', '\t'],
  ['v', '\v'],
  ['\\', '\\'],
  ['"', '"'],
]);

/** A pattern in double quotes, as C quotes a string; `null` where it is none, and git then takes it letter by letter. */
function unquote(line: string, start: number): { pattern: string; end: number } | null {
  if (line[start] !== '"') return null;
  let pattern = '';
  for (let index = start + 1; index < line.length; index++) {
    const letter = line[index]!;
    if (letter === '"') return { pattern, end: index + 1 };
    if (letter !== '\\') {
      pattern += letter;
      continue;
    }
    const octal = /^[0-3][0-7]{2}/.exec(line.slice(index + 1, index + 4))?.[0];
    if (octal) {
      pattern += String.fromCharCode(Number.parseInt(octal, 8));
      index += 3;
      continue;
    }
    const escaped = ESCAPES.get(line[index + 1] ?? '');
    if (escaped === undefined) return null;
    pattern += escaped;
    index += 1;
  }
  return null;
}

function compilePattern(whole: string): Rule['matches'] {
  // `folder/` would match folders, and only files are ever asked about.
  if (whole.endsWith('/')) return () => false;
  const anchored = whole.includes('/');
  const pattern = anchored && whole.startsWith('/') ? whole.slice(1) : whole;
  const plain = lengthWithoutWildcards(pattern);
  if (plain === pattern.length) return anchored ? (path) => path === pattern : (_, name) => name === pattern;
  if (!anchored) {
    const rest = pattern.slice(1);
    if (pattern[0] === '*' && lengthWithoutWildcards(rest) === rest.length) return (_, name) => name.endsWith(rest);
    const glob = compileGlob(pattern);
    return (_, name) => matchGlob(glob, name);
  }
  // Git compares what stands before the first wildcard on its own, and so `a/b**` reaches into folders: kept.
  const prefix = pattern.slice(0, plain);
  const glob = compileGlob(pattern.slice(plain));
  return (path) => path.startsWith(prefix) && matchGlob(glob, path.slice(plain));
}

function lengthWithoutWildcards(pattern: string): number {
  const index = pattern.search(/[*?[\\]/);
  return index < 0 ? pattern.length : index;
}

/**
 * One step of a glob: a byte; any of a set; any but a slash, any number of times (`*`); anything at all (`**`); a fork
 * before `**` and its slash, which may both be left out. `null`, for a whole glob: it can match nothing.
 */
type Step =
  | { kind: 'byte'; byte: string }
  | { kind: 'set'; has: (byte: string) => boolean }
  | { kind: 'star' }
  | { kind: 'starstar' }
  | { kind: 'fork'; over: number };

function compileGlob(pattern: string): Step[] | null {
  const steps: Step[] = [];
  for (let index = 0; index < pattern.length; index++) {
    const letter = pattern[index]!;
    if (letter === '?') {
      steps.push({ kind: 'set', has: () => true });
    } else if (letter === '\\') {
      const byte = pattern[++index];
      if (byte === undefined) return null;
      steps.push({ kind: 'byte', byte });
    } else if (letter === '[') {
      const set = compileSet(pattern, index);
      if (!set) return null;
      steps.push({ kind: 'set', has: set.has });
      index = set.end;
    } else if (letter === '*') {
      const start = index;
      while (pattern[index + 1] === '*') index++;
      const rest = pattern.slice(index + 1);
      const alone = start === 0 || pattern[start - 1] === '/';
      if (index === start || !alone || !(rest === '' || /^\\?\//.test(rest))) {
        steps.push({ kind: 'star' });
      } else if (rest.startsWith('/')) {
        steps.push({ kind: 'fork', over: 2 }, { kind: 'starstar' }, { kind: 'byte', byte: '/' });
        index++;
      } else {
        steps.push({ kind: 'starstar' });
      }
    } else {
      steps.push({ kind: 'byte', byte: letter });
    }
  }
  return steps;
}

const NAMED_SETS: ReadonlyMap<string, RegExp> = new Map([
  ['alnum', /[A-Za-z0-9]/],
  ['alpha', /[A-Za-z]/],
  ['blank', /[ \t]/],
  ['cntrl', /[\x00-\x1f\x7f]/],
  ['digit', /[0-9]/],
  ['graph', /[\x21-\x7e]/],
  ['lower', /[a-z]/],
  ['print', /[\x20-\x7e]/],
  ['punct', /[!-/:-@[-`{-~]/],
  ['space', /[ \t\n\r]/],
  ['upper', /[A-Z]/],
  ['xdigit', /[A-Fa-f0-9]/],
]);

/** `[…]` from its bracket on; `null` where it is malformed, and then the whole pattern matches nothing. */
function compileSet(pattern: string, start: number): { has: (byte: string) => boolean; end: number } | null {
  let index = start + 1;
  const negated = pattern[index] === '!' || pattern[index] === '^';
  if (negated) index++;
  const tests: ((byte: string) => boolean)[] = [];
  let previous = '';
  let first = true;
  for (; first || pattern[index] !== ']'; index++) {
    first = false;
    let letter = pattern[index];
    if (letter === undefined) return null;
    const next = pattern[index + 1];
    if (letter === '\\') {
      const literal = pattern[++index];
      if (literal === undefined) return null;
      tests.push((byte) => byte === literal);
      letter = literal;
    } else if (letter === '-' && previous !== '' && next !== undefined && next !== ']') {
      const from = previous;
      let to: string | undefined = pattern[++index];
      if (to === '\\') to = pattern[++index];
      if (to === undefined) return null;
      const last = to;
      tests.push((byte) => byte >= from && byte <= last);
      letter = '';
    } else if (letter === '[' && next === ':') {
      const close = pattern.indexOf(']', index + 2);
      if (close < 0) return null;
      if (close - (index + 2) >= 1 && pattern[close - 1] === ':') {
        const named = NAMED_SETS.get(pattern.slice(index + 2, close - 1));
        if (!named) return null;
        tests.push((byte) => named.test(byte));
        index = close;
        letter = '';
      } else {
        tests.push((byte) => byte === '[');
      }
    } else {
      const literal = letter;
      tests.push((byte) => byte === literal);
    }
    previous = letter;
  }
  return { has: (byte) => tests.some((test) => test(byte)) !== negated, end: index };
}

/**
 * Whether the whole text is matched. All readings of the glob are followed side by side, so a hostile pattern costs
 * steps times bytes and never more.
 */
function matchGlob(steps: readonly Step[] | null, text: string): boolean {
  if (!steps) return false;
  // Where each step was last reached: once a byte is enough.
  const reachedAt = new Int32Array(steps.length + 1).fill(-1);
  let at: number[] = [];
  arrive(0, 0, at);
  for (let index = 0; index < text.length && at.length > 0; index++) {
    const byte = text[index]!;
    const next: number[] = [];
    for (const position of at) {
      const step = steps[position];
      if (!step) continue;
      if (step.kind === 'byte') {
        if (step.byte === byte) arrive(position + 1, index + 1, next);
      } else if (step.kind === 'set') {
        if (byte !== '/' && step.has(byte)) arrive(position + 1, index + 1, next);
      } else if (step.kind === 'star') {
        if (byte !== '/') arrive(position, index + 1, next);
      } else if (step.kind === 'starstar') {
        arrive(position, index + 1, next);
      }
    }
    at = next;
  }
  return at.includes(steps.length);

  /** Steps that may match nothing are passed in the same breath. */
  function arrive(position: number, length: number, into: number[]): void {
    for (let reached = position; reachedAt[reached] !== length; reached++) {
      reachedAt[reached] = length;
      into.push(reached);
      const step = steps![reached];
      if (step?.kind === 'fork') arrive(reached + 1 + step.over, length, into);
      else if (step?.kind !== 'star' && step?.kind !== 'starstar') return;
    }
  }
}

function toBytes(text: string): string {
  return /^[\x00-\x7f]*$/.test(text) ? text : Buffer.from(text, 'utf8').toString('latin1');
}
