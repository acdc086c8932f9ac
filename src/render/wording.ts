import type { Markdown } from './markdown.ts';

/** `1 file`, `2 files`, `1,200 files`. The noun is ours, never outside text. */
export function count(amount: number, noun: string, plural = `${noun}s`): Markdown {
  return `${amount.toLocaleString('en-US')} ${amount === 1 ? noun : plural}` as Markdown;
}

/** `a`, `a and b`, `a, b and c`. */
export function listing<Text extends string>(words: readonly Text[]): Text {
  if (words.length <= 1) return words.join('') as Text;
  return `${words.slice(0, -1).join(', ')} and ${words.at(-1)}` as Text;
}
