import type { Fragment } from './added-text.ts';
import { blankComments } from './blank-comments.ts';
import { findQueriesInLoops } from './indented-loops.ts';
import type { Language } from './languages.ts';
import { matchPatterns } from './match-patterns.ts';
import type { Seen } from './seen.ts';

/** What patterns find in a fragment: for languages without a parser here, and for scripts that cannot be parsed. */
export function readLines(fragment: Fragment, language: Language): Seen[] {
  const lines = blankComments(fragment, language);
  return [...matchPatterns(lines, language), ...findQueriesInLoops(lines, language)];
}
