import type { HeadLine } from './added-text.ts';
import type { Language } from './languages.ts';
import { PATTERNS } from './patterns.ts';
import type { Seen } from './seen.ts';

/** What the patterns of a language find in added lines. Comments must be gone already. */
export function matchPatterns(lines: readonly HeadLine[], language: Language): Seen[] {
  const patterns = PATTERNS.filter((pattern) => pattern.languages.includes(language));
  const seen: Seen[] = [];
  for (const { added, text, number } of lines) {
    if (!added || text.trim() === '') continue;
    for (const { signal, because, matches, unless } of patterns) {
      if (matches.test(text) && !unless?.test(text)) seen.push({ signal, line: number, because });
    }
  }
  return seen;
}
