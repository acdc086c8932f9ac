import type { Trailer } from './pull-request.ts';

/** Trailers that git writes itself; one of them lets a block pass in which a quarter of the lines are trailers. */
const WRITTEN_BY_GIT = ['Signed-off-by: ', '(cherry picked from commit '];

/** Below this line `git commit --verbose` puts the diff; nothing there belongs to the message. */
const SCISSORS = '# ------------------------ >8 ------------------------';

/** The characters git takes for white space; JavaScript's `\s` knows many more. */
const SPACE = /^[ \t\r]/;

/**
 * The trailers of a commit message, folded lines joined, as `git interpret-trailers --parse --no-divider` reads them:
 * the last paragraph but the title, when it holds trailers only, or one that git wrote itself and at least a quarter of trailers.
 */
export function readTrailers(message: string): Trailer[] {
  const lines = linesOf(message);
  const block = lines.slice(startOfBlock(lines));
  const entries: string[][] = [];
  // Whether a line that begins with white space continues the one before it.
  let open = false;
  for (const line of block) {
    if (open && (line === '' || SPACE.test(line))) {
      entries.at(-1)?.push(line);
      continue;
    }
    open = separatorOf(line) >= 1;
    if (open) entries.push([line]);
  }
  return entries.map(toTrailer);
}

/** The lines that may hold trailers: without the scissors, comments and the list of conflicts git leaves at the end. */
function linesOf(message: string): string[] {
  const all = message.split('\n');
  // A final newline ends the last line; it does not begin another.
  if (all.at(-1) === '') all.pop();
  const scissors = all.indexOf(SCISSORS);
  const lines = scissors === -1 ? all : all.slice(0, scissors);
  return lines.slice(0, endOfMessage(lines));
}

function endOfMessage(lines: readonly string[]): number {
  let end = 0;
  let inConflicts = false;
  for (const [index, line] of lines.entries()) {
    if (line === '' || line.startsWith('#')) continue;
    if (line === 'Conflicts:') {
      inConflicts = true;
      continue;
    }
    if (inConflicts && line.startsWith('\t')) continue;
    inConflicts = false;
    end = index + 1;
  }
  return end;
}

/** Index of the first line of the trailer block; the number of lines when there is none. */
function startOfBlock(lines: readonly string[]): number {
  const none = lines.length;
  const title = lines.findIndex((line) => !line.startsWith('#') && isBlank(line));
  const endOfTitle = title === -1 ? none : title;
  let trailers = 0;
  let others = 0;
  let continuations = 0;
  let writtenByGit = false;
  for (let index = lines.length - 1; index >= endOfTitle; index--) {
    const line = lines[index] ?? '';
    if (line.startsWith('#')) {
      others += continuations;
      continuations = 0;
    } else if (isBlank(line)) {
      if (trailers === 0 && others === 0 && continuations === 0) continue;
      others += continuations;
      const enough = writtenByGit ? trailers * 3 >= others : others === 0;
      return trailers > 0 && enough ? index + 1 : none;
    } else if (WRITTEN_BY_GIT.some((prefix) => line.startsWith(prefix))) {
      trailers++;
      continuations = 0;
      writtenByGit = true;
    } else if (separatorOf(line) >= 1) {
      trailers++;
      continuations = 0;
    } else if (SPACE.test(line)) {
      continuations++;
    } else {
      others += 1 + continuations;
      continuations = 0;
    }
  }
  return none;
}

/** Where the `:` stands after a key of letters, digits and hyphens; -1 when the line is no trailer. */
function separatorOf(line: string): number {
  const match = /^(?:[A-Za-z0-9-]+[ \t]*)?:/.exec(line);
  return match ? match[0].length - 1 : -1;
}

function isBlank(line: string): boolean {
  return /^[ \t\r]*$/.test(line);
}

function toTrailer(lines: readonly string[]): Trailer {
  const [first = '', ...folded] = lines;
  const separator = separatorOf(first);
  const rest = folded.map((line) => line.replace(/^[ \t\r]+/, '')).filter((line) => line !== '');
  const value = [first.slice(separator + 1), ...rest].join(' ');
  return { key: trim(first.slice(0, separator)), value: trim(value) };
}

function trim(text: string): string {
  return text.replace(/^[ \t\r]+|[ \t\r]+$/g, '');
}
