import { parseRecord, type Section } from './parse.ts';

/** Something in an accepted record that was changed, and must not be. */
export interface Rewriting {
  /** The heading whose words changed. */
  heading: string;
  /** At head, from 1; 1 where the section is gone. */
  line: number;
}

/** A section that may be added later: dated, so that everybody sees what was known when. */
const AMENDMENT = /\b(?:amend\w*|addend\w*|updates?|revision|follow-up|note|postscript|review|correction|erratum)\b/i;
const DAY = /\b\d{4}-\d{2}-\d{2}\b|\b\d{1,2}[./]\d{1,2}[./]\d{4}\b/;

/**
 * What changed in an accepted record beyond its status, its links and a dated amendment; empty where nothing did. Blanks
 * and the way lines are broken do not count as words.
 */
export function findRewriting(before: string, after: string): Rewriting[] {
  const old = parseRecord(before);
  const now = parseRecord(after);
  const rewritten: Rewriting[] = [];
  if (wordsOf(old.title ?? '') !== wordsOf(now.title ?? '')) rewritten.push({ heading: 'the title', line: 1 });
  const left = now.sections.filter((section) => !isFree(section));
  for (const section of old.sections.filter((one) => !isFree(one))) {
    const at = left.findIndex((one) => wordsOf(one.heading) === wordsOf(section.heading));
    const same = at < 0 ? undefined : left.splice(at, 1)[0];
    if (!same) rewritten.push({ heading: section.heading, line: 1 });
    else if (wordsOf(same.text) !== wordsOf(section.text))
      rewritten.push({ heading: section.heading, line: same.line });
  }
  for (const section of left) {
    if (!isAmendment(section)) rewritten.push({ heading: section.heading, line: section.line });
  }
  return rewritten;
}

/** Status and links may change: that is how one decision gives way to the next. */
function isFree({ kind, heading }: Section): boolean {
  return (
    kind === 'status' || /^(?:links?|related|references?|see also|more information|history|changelog)\b/i.test(heading)
  );
}

function isAmendment({ heading, text }: Section): boolean {
  return AMENDMENT.test(heading) && DAY.test(`${heading}\n${text.slice(0, 300)}`);
}

function wordsOf(text: string): string {
  return text.replace(/\s+/g, ' ').trim();
}
