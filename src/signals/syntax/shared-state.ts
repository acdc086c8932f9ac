import type { Fragment } from '../added-text.ts';

/** `let` and `var` at the outermost level, where every caller shares them. Found by indentation, which formatters keep. */
const MODULE_VARIABLE = /^(?:export\s+)?(?:let|var)\s+([A-Za-z_$][\w$]*)\s*(?:[:=;]|$)/;

/** Names of variables that a file declares for all of its functions, as far as its fragments show. */
export function sharedVariables(fragments: readonly Fragment[]): ReadonlySet<string> {
  const names = fragments.flatMap((fragment) => fragment.map(({ text }) => MODULE_VARIABLE.exec(text)?.[1]));
  return new Set(names.filter((name) => name !== undefined));
}
