import { anyOf } from '../model/any-of.ts';
import type { HeadLine } from './added-text.ts';
import type { Language } from './languages.ts';
import { PATTERNS, type Pattern } from './patterns.ts';
import type { Seen } from './seen.ts';

/** The patterns of each language, and whether any of them matches. */
const byLanguage = new Map<Language, { patterns: readonly Pattern[]; mayMatch: (text: string) => boolean }>();

function patternsOf(language: Language) {
  const known = byLanguage.get(language);
  if (known) return known;
  const patterns = PATTERNS.filter((pattern) => pattern.languages.includes(language));
  const made = { patterns, mayMatch: anyOf(patterns.map(({ matches }) => matches)) };
  byLanguage.set(language, made);
  return made;
}

/** What the patterns of a language find in added lines. Comments must be gone already. */
export function matchPatterns(lines: readonly HeadLine[], language: Language): Seen[] {
  const { patterns, mayMatch } = patternsOf(language);
  const seen: Seen[] = [];
  for (const { added, text, number } of lines) {
    if (!added || text.trim() === '' || !mayMatch(text)) continue;
    for (const { signal, because, matches, unless } of patterns) {
      if (matches.test(text) && !unless?.test(text)) seen.push({ signal, line: number, because });
    }
  }
  return seen;
}
