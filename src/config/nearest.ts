import { distance } from 'fastest-levenshtein';

/** The candidate that somebody who wrote `text` most likely meant; `null` when none is near. */
export function nearest(text: string, candidates: readonly string[]): string | null {
  const wanted = bare(text);
  let best: { candidate: string; edits: number } | null = null;
  for (const candidate of candidates) {
    const name = bare(candidate);
    // Two letters swapped are two edits, and `moed` is still `mode`; in three letters one edit is all, for `on` is not `off`.
    const bearable = Math.max(1, Math.min(4, Math.floor(Math.max(name.length, wanted.length) / 2)));
    const edits = Math.abs(name.length - wanted.length) > bearable ? Infinity : distance(wanted, name);
    if (edits <= bearable && (best === null || edits < best.edits)) best = { candidate, edits };
  }
  return best?.candidate ?? null;
}

/** `maxLines`, `max_lines` and `Max Lines` all mean `max-lines`. */
function bare(text: string): string {
  return text.toLowerCase().replace(/[^\p{L}\p{N}]/gu, '');
}
