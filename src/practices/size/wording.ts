import type { ReceiptLine } from './receipt.ts';
import { sumDiscounts } from './receipt.ts';

/** Made once: to make one takes longer than all that it formats for a change. */
const FORMAT = new Intl.NumberFormat('en-US', { maximumFractionDigits: 2 });

/** `1234.5` as people write it, the same in every place this runs. */
export function count(value: unknown): string {
  return FORMAT.format(Number(value));
}

/** `1 file`, `2 files`. */
export function counted(value: number, noun: string): string {
  return `${count(value)} ${noun}${value === 1 ? '' : 's'}`;
}

/** The files that make the number, as a sentence. */
export function sayLargest(largest: unknown): string {
  const lines = largest as readonly Pick<ReceiptLine, 'path' | 'class' | 'effort'>[];
  if (lines.length === 0) return '';
  const named = lines.map((line) => `${line.path} (${line.class}, ${count(line.effort)})`);
  return `Most of it is in ${named.join(', ')}. `;
}

const DISCOUNT_WORDS: Readonly<Record<string, string>> = {
  comments: 'comments',
  formatting: 'only formatted',
  moved: 'only moved',
  whitespace: 'only respaced',
};

/** What was found to ask less of a reader, as a sentence; empty where nothing was. */
export function sayDiscounted(receipt: readonly ReceiptLine[]): string {
  const named = sumDiscounts(receipt).flatMap(({ kind, lines }) => {
    const words = DISCOUNT_WORDS[kind];
    return words ? [`${count(lines)} ${words}`] : [];
  });
  return named.length === 0 ? '' : ` Counted for less: ${named.join(', ')}.`;
}
