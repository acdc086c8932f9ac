import type { ChangedFile } from '../../../model/pull-request.ts';
import { isAside, type Language, type Place, placeOf, sourceLanguage } from './places.ts';

/** A line that the change adds or takes away. */
export interface Line {
  text: string;
  /** At head, from 1; of a removed line, where it would stand. */
  line: number;
}

/** A changed file with what is new in it, ready to be read by the rules. */
export interface ChangedSource {
  file: ChangedFile;
  place: Place;
  /** `null` where the file is no code that ships. */
  language: Language | null;
  /** Tests, examples, documentation: only paths that the repository itself declared speak of these. */
  aside: boolean;
  /** Without comments and blank lines, and without what was merely moved from elsewhere in the change. */
  added: readonly Line[];
  removed: readonly Line[];
}

/** Longer lines are data or minified code; reading them would cost time and say nothing. */
const MAX_LINE = 600;

const COMMENT = /^(?:\/\/|#(?!\[|include)|\*|\/\*|<!--|--\s|"""|'''|;)/;

/** Takes the patches apart. A line removed in one place and added in another is a move, and speaks for nothing. */
export function readChanges(files: readonly ChangedFile[]): ChangedSource[] {
  const raw = files.map((file) => ({ file, ...linesOf(file) }));
  const gone = new Set(raw.flatMap(({ removed }) => removed.map((line) => line.text.trim())));
  const come = new Set(raw.flatMap(({ added }) => added.map((line) => line.text.trim())));
  return raw.map(({ file, added, removed }) => ({
    file,
    place: placeOf(file.path),
    language: sourceLanguage(file.path),
    aside: isAside(file.path),
    added: added.filter((line) => isCode(line.text) && !gone.has(line.text.trim())),
    removed: removed.filter((line) => isCode(line.text) && !come.has(line.text.trim())),
  }));
}

function linesOf({ hunks }: ChangedFile): { added: Line[]; removed: Line[] } {
  const added: Line[] = [];
  const removed: Line[] = [];
  for (const hunk of hunks) {
    let line = hunk.newStart;
    for (const text of hunk.lines) {
      if (text.startsWith('+')) added.push({ text: text.slice(1), line: line++ });
      else if (text.startsWith('-')) removed.push({ text: text.slice(1), line: Math.max(1, line) });
      else if (text.startsWith(' ')) line++;
    }
  }
  return { added, removed };
}

function isCode(text: string): boolean {
  const trimmed = text.trim();
  return trimmed !== '' && text.length <= MAX_LINE && !COMMENT.test(trimmed);
}
