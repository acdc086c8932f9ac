import { EMPTY, join, type Markdown, md } from './markdown.ts';
import { count } from './wording.ts';

/**
 * GitHub's limits, as its OpenAPI description (`checks/create`) and its answers give them. GitHub does not say in
 * which unit it counts, so we count bytes of UTF-8, which are never fewer than characters or UTF-16 units.
 */
export const LIMITS = {
  /** "Maximum length: 65535 characters", for a check's summary and for its text. */
  checkTextBytes: 65_535,
  /** "Body is too long (maximum is 65536 characters)", a 422: danger/danger-js#424. */
  commentBytes: 65_536,
  /** GitHub documents none for a check's own title and shows one line; the annotation's limit serves. */
  titleBytes: 255,
  /** "The maximum size is 255 characters." */
  annotationTitleBytes: 255,
  /** "The maximum size is 64 KB." */
  annotationMessageBytes: 64 * 1024,
  /** "limits the number of annotations to a maximum of 50 per API request"; each further request adds to them. */
  annotationsPerRequest: 50,
  /** Ours: four requests' worth. Nobody reads more, and every request costs the installation. */
  annotations: 200,
} as const;

/** A block of a rendered text that may get shorter when the whole is too long. */
export interface Part {
  /** What is said to be left out when nothing of it stays. */
  name: Markdown;
  /** The part with the lowest worth gets shorter first. */
  worth: number;
  /** The whole, then ever shorter forms of it; each complete in itself. End with `EMPTY` where all of it may go. */
  forms: readonly Markdown[];
}

/** The size that counts against a limit. */
export function bytesOf(text: string): number {
  return Buffer.byteLength(text, 'utf8');
}

/** Joins parts as blocks within a limit: the least worthy get shorter first, whole, and what went missing is said. */
export function fitParts(parts: readonly Part[], limit: number): Markdown {
  const chosen = parts.map((part) => ({ part, form: 0, gone: false }));
  while (true) {
    const text = assemble(chosen);
    if (bytesOf(text) <= limit) return text;
    const staying = chosen.filter((choice) => !choice.gone && choice.part.forms[choice.form] !== EMPTY);
    const shorter = staying.filter((choice) => choice.form + 1 < choice.part.forms.length);
    // Nothing gets shorter any more: then whole parts must go, the worthiest last.
    const next = leastWorthy(shorter) ?? (staying.length > 1 ? leastWorthy(staying) : undefined);
    if (!next) throw new RangeError(`The part "${parts[0]?.name}" alone is longer than ${limit} bytes`);
    if (shorter.length > 0) next.form += 1;
    else next.gone = true;
  }
}

interface Choice {
  part: Part;
  form: number;
  gone: boolean;
}

function assemble(choices: readonly Choice[]): Markdown {
  const texts = choices.map(({ part, form, gone }) => (gone ? EMPTY : (part.forms[form] ?? EMPTY)));
  const missing = choices.filter(({ part }, index) => texts[index] === EMPTY && part.forms[0] !== EMPTY);
  if (missing.length === 0) return join(texts, '\n\n');
  const names = [...new Set(missing.map(({ part }) => part.name))];
  const named = join([...names.slice(0, 10), ...(names.length > 10 ? [moreOf(names.length - 10)] : [])], ', ');
  // The last part ends the text by contract (a marker, a record), so the note goes before it.
  const note = md`Left out to stay within GitHub's limit: ${named}.`;
  return join([...texts.slice(0, -1), note, ...texts.slice(-1)], '\n\n');
}

function leastWorthy(choices: readonly Choice[]): Choice | undefined {
  // Of equals the last goes first.
  return choices
    .toReversed()
    .reduce<Choice | undefined>(
      (least, choice) => (least && least.part.worth <= choice.part.worth ? least : choice),
      undefined,
    );
}

/** How many rows the shorter forms of a list keep. */
const STEPS = [200, 100, 50, 20, 10, 5, 1];

/**
 * The forms of a list, from at most `atMost` rows down to one. `assembleRows` is given the rows shown and, where some
 * are left out, how many: "… and 37 more".
 */
export function shrinking<Item>(
  items: readonly Item[],
  atMost: number,
  toRow: (item: Item) => Markdown,
  assembleRows: (shown: readonly Markdown[], more: Markdown) => Markdown,
): Markdown[] {
  const rows = items.slice(0, atMost).map(toRow);
  const steps = [rows.length, ...STEPS.filter((step) => step < rows.length)];
  return steps.map((step) => assembleRows(rows.slice(0, step), moreOf(items.length - step)));
}

/** A plain list as a part that may go altogether. */
export function listPart<Item>(
  part: Pick<Part, 'name' | 'worth'>,
  items: readonly Item[],
  atMost: number,
  toRow: (item: Item) => Markdown,
): Part {
  if (items.length === 0) return { ...part, forms: [EMPTY] };
  const forms = shrinking(items, atMost, toRow, (shown, more) => join([...shown, more && md`- ${more}`], '\n'));
  return { ...part, forms: [...forms, EMPTY] };
}

function moreOf(left: number): Markdown {
  return left === 0 ? EMPTY : md`… and ${count(left, 'more', 'more')}`;
}
