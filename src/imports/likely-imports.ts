import type { ChangedFile } from '../model/pull-request.ts';
import { readSpecifier } from './package-name.ts';

/** A string behind something that imports. Looser than any grammar: what it finds is looked at again in the whole file. */
const LIKELY =
  /\b(?:from|import|require|resolve|types|mock|doMock|unmock|importActual|requireActual)\b\s*[=(]?\s*(?:\/\*[^*]{0,200}\*\/\s*)?(['"`])([^'"`\n]{1,300})\1/g;

/**
 * Packages that the added lines of a file seem to import, so that files which bring in nothing new need not be read.
 * `null` where the lines themselves could not be read.
 */
export function likelyPackages(file: ChangedFile): ReadonlySet<string> | null {
  if (file.patch === 'missing') return null;
  const names = new Set<string>();
  for (const hunk of file.hunks) {
    // Context lines stay, for a statement may begin in one; what only they name was there before.
    const text = hunk.lines.filter((line) => !line.startsWith('-')).map((line) => line.slice(1));
    const added = hunk.lines.filter((line) => line.startsWith('+')).join('\n');
    for (const match of text.join('\n').matchAll(LIKELY)) {
      const reading = readSpecifier(match[2]!);
      if ('name' in reading && added.includes(match[2]!)) names.add(reading.name);
    }
  }
  return names;
}
