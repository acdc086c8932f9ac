declare const brand: unique symbol;

/**
 * Markdown that is safe to show: our own words, or outside text that came through `escape.ts`. The brand makes the
 * compiler refuse a bare string, so a file name cannot slip in unescaped.
 */
export type Markdown = string & { readonly [brand]: true };

/** Writes our own Markdown. Only Markdown and numbers may be put in: escape everything else first. */
export function md(words: TemplateStringsArray, ...values: (Markdown | number)[]): Markdown {
  return String.raw({ raw: words.map((word) => word) }, ...values) as Markdown;
}

/** Nothing. */
export const EMPTY: Markdown = md``;

/** Joins what is not empty. */
export function join(parts: readonly Markdown[], separator: string): Markdown {
  return parts.filter((part) => part !== '').join(separator) as Markdown;
}

/** Blocks with the blank line between them that Markdown wants, above all around HTML. */
export function blocksOf(...parts: Markdown[]): Markdown {
  return join(parts, '\n\n');
}

/** Something folded. `summary` stands inside an HTML block, where Markdown is not read: make it with `html`. */
export function fold(summary: Markdown, body: Markdown): Markdown {
  if (body === '') return EMPTY;
  return md`<details><summary>${summary}</summary>\n\n${body}\n\n</details>`;
}
