import { visit } from 'jsonc-parser';

/** Parsed JSON, or why it is none and at which line. */
export type JsonResult = { ok: true; value: unknown } | { ok: false; line: number | null; cause: string };

/** Parses JSON natively, which neither depth nor size can hurt. Never throws. */
export function parseJson(text: string): JsonResult {
  try {
    return { ok: true, value: JSON.parse(text.startsWith('\uFEFF') ? text.slice(1) : text) };
  } catch (error) {
    const line = /\(line (\d+) column/.exec((error as Error).message)?.[1];
    const at = /at position (\d+)/.exec((error as Error).message)?.[1];
    const found = line ? Number(line) : at ? text.slice(0, Number(at)).split('\n').length : null;
    return { ok: false, line: found, cause: 'it is not valid JSON' };
  }
}

/** What a JSON object holds under one key of one of its own keys: `{ section: { key: value } }`. */
export interface JsonEntry {
  section: string;
  key: string;
  value: unknown;
}

/** Why a text is no JSON, and at which line. */
export type JsonFault = Extract<JsonResult, { ok: false }>;

/**
 * Reads JSON with comments and trailing commas, and hands every entry of the second level over as soon as it stands whole,
 * so that a large text is never in memory as one tree. `null` where all of it could be read. Of a doubled key, both are
 * handed over, the one that counts last.
 *
 * @throws where the text nests deeper than the stack goes
 */
export function readJsonEntries(text: string, take: (entry: JsonEntry) => void): JsonFault | null {
  let fault: JsonFault | null = null;
  /** What is open at the moment, the outermost first. */
  const open: Container[] = [];
  const put = (value: unknown): void => {
    const inside = open.at(-1);
    if (!inside) return;
    if (Array.isArray(inside.value)) inside.value.push(value);
    else if (open.length === 2) take({ section: open[0]!.key, key: inside.key, value });
    else if (open.length > 2) inside.value[inside.key] = value;
  };
  const close = (): void => {
    const closed = open.pop();
    if (closed) put(closed.value);
  };
  visit(
    text,
    {
      onObjectBegin: () => void open.push({ value: Object.create(null) as Record<string, unknown>, key: '' }),
      onArrayBegin: () => void open.push({ value: [], key: '' }),
      onObjectProperty: (key) => {
        const inside = open.at(-1);
        if (inside) inside.key = key;
      },
      onLiteralValue: put,
      onObjectEnd: close,
      onArrayEnd: close,
      onError: (_error, _offset, _length, line) => {
        fault ??= { ok: false, line: line + 1, cause: 'it is not valid JSON' };
      },
    },
    { allowTrailingComma: true },
  );
  return fault;
}

/** An object or array under way, and the key whose value comes next. */
interface Container {
  value: Record<string, unknown> | unknown[];
  key: string;
}
