import type { ChangedFile } from '../model/pull-request.ts';
import { readSpecifier } from './package-name.ts';

/** What imports, in one way or another. */
const WORD = /\b(?:from|import|require|resolve|types|mock|doMock|unmock|importActual|requireActual)\b/;

/** A string behind something that imports. Looser than any grammar: what it finds is looked at again in the whole file. */
const LIKELY = new RegExp(
  `${WORD.source}\\s*[=(]?\\s*(?:\\/\\*[^*]{0,200}\\*\\/\\s*)?(['"\`])([^'"\`\\n]{1,300})\\1`,
  'g',
);

/**
 * Packages that the added lines of a file seem to import, so that files which bring in nothing new need not be read.
 * `null` where the lines themselves could not be read.
 */
export function likelyPackages(file: ChangedFile): ReadonlySet<string> | null {
  if (file.patch === 'missing') return null;
  const already = known.get(file);
  if (already) return already;
  const names = namesAdded(file);
  known.set(file, names);
  return names;
}

/** Files are plain data that nobody changes, and each is asked about in every round of reading. */
const known = new WeakMap<ChangedFile, ReadonlySet<string>>();

function namesAdded(file: ChangedFile): ReadonlySet<string> {
  const names = new Set<string>();
  for (const hunk of file.hunks) {
    // Most hunks import nothing, and need no text of their own.
    if (!hunk.lines.some((line) => WORD.test(line))) continue;
    // Context lines stay, for a statement may begin in one; what only they name was there before.
    const text = hunk.lines.filter((line) => !line.startsWith('-')).map((line) => line.slice(1));
    for (const match of text.join('\n').matchAll(LIKELY)) {
      const specifier = match[2]!;
      const reading = readSpecifier(specifier);
      if (!('name' in reading) || names.has(reading.name)) continue;
      if (hunk.lines.some((line) => line.startsWith('+') && line.includes(specifier))) names.add(reading.name);
    }
  }
  return names;
}
