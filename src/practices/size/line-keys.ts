import { isBlank, withoutBlanks } from './normal-form.ts';

/** What is known of all lines of one key. */
export interface LineShape {
  /** Equal for lines that differ in blanks alone. */
  key: number;
  /** Letters and digits on it: how much there is to recognise it by. */
  letters: number;
  /** The sum of the codes of its letters and digits: where it differs, no change of format makes two texts alike. */
  letterSum: number;
}

const [OTHER, BLANK, LETTER] = [0, 1, 2];

/** What the ASCII codes stand for; beyond them everything that is no blank is a letter. */
const KINDS = Uint8Array.from({ length: 128 }, (_, code) => {
  if (isBlank(code)) return BLANK;
  return /[A-Za-z0-9]/.test(String.fromCharCode(code)) ? LETTER : OTHER;
});

/** Among so many lines of one hash the equal one is searched; lines made to share a hash go another way. */
const MOST_OF_ONE_HASH = 16;

/**
 * Numbers lines, so that they are compared by number from then on; one for a whole change. Hashed by what is not blank
 * and compared as text, so that a hash that somebody found twice makes no two lines equal, and costs no more than others.
 */
export class LineKeys {
  readonly #texts: string[] = [];
  readonly #shapes: LineShape[] = [];
  /** Hash to the key of the first line that has it. */
  readonly #first = new Map<number, number>();
  /** From each key to the next of the same hash; -1 at the end. */
  readonly #next: number[] = [];
  /** By normal form, for those beyond `MOST_OF_ONE_HASH`. */
  readonly #beyond = new Map<string, LineShape>();

  /** `text` has no blanks around it. Every letter of a change comes through here, hence a table and a plain loop. */
  of(text: string): LineShape {
    let hash = 0x811c9dc5;
    let letters = 0;
    let letterSum = 0;
    for (let index = 0; index < text.length; index++) {
      const code = text.charCodeAt(index);
      const kind = code < KINDS.length ? KINDS[code]! : isBlank(code) ? BLANK : LETTER;
      if (kind === BLANK) continue;
      hash = Math.imul(hash ^ code, 0x01000193);
      if (kind !== LETTER) continue;
      letters++;
      letterSum += code;
    }
    let last = -1;
    let seen = 0;
    for (let key = this.#first.get(hash) ?? -1; key >= 0; key = this.#next[key]!) {
      if (isSameLine(this.#texts[key]!, text)) return this.#shapes[key]!;
      last = key;
      seen++;
    }
    const form = seen < MOST_OF_ONE_HASH ? null : withoutBlanks(text);
    const known = form === null ? undefined : this.#beyond.get(form);
    if (known) return known;
    const shape = { key: this.#shapes.length, letters, letterSum };
    this.#shapes.push(shape);
    this.#texts.push(text);
    this.#next.push(-1);
    if (form !== null) this.#beyond.set(form, shape);
    else if (last >= 0) this.#next[last] = shape.key;
    else this.#first.set(hash, shape.key);
    return shape;
  }
}

function isSameLine(one: string, other: string): boolean {
  return one === other || withoutBlanks(one) === withoutBlanks(other);
}
