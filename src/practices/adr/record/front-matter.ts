import { parseDocument } from 'yaml';

/** What a record says of itself above its text, between two lines of `---`. */
export interface FrontMatter {
  /** Text, lists and maps of text; empty where there is none, or none that can be read. */
  fields: Record<string, unknown>;
  /** How many lines it takes, with both fences; 0 where there is none. */
  lines: number;
}

/** In UTF-16 code units. A few lines are usual; a list of a hundred globs still fits. */
const MAX_LENGTH = 16 * 1024;

/**
 * Keys are text: a map as the key of a map of a map is written out by the library in a time that grows with the third
 * power of its depth. Nor is every key held against every other.
 */
const OPTIONS = {
  schema: 'failsafe',
  stringKeys: true,
  uniqueKeys: false,
  prettyErrors: false,
  logLevel: 'silent',
} as const;

/** Reads the front matter of a record, given its lines. Never throws: what is no YAML has no fields. */
export function readFrontMatter(lines: readonly string[]): FrontMatter {
  if (!/^---\s*$/.test(lines[0] ?? '')) return { fields: {}, lines: 0 };
  const end = lines.findIndex((line, index) => index > 0 && /^---\s*$/.test(line));
  if (end < 0) return { fields: {}, lines: 0 };
  return { fields: readFields(lines.slice(1, end).join('\n')), lines: end + 1 };
}

function readFields(text: string): Record<string, unknown> {
  if (text.length > MAX_LENGTH) return {};
  try {
    const document = parseDocument(text, OPTIONS);
    // Looked at first: a text with errors is not worth writing out, and may be meant to cost.
    if (document.errors.length > 0) return {};
    const fields: unknown = document.toJS({ maxAliasCount: 10 });
    const isObject = typeof fields === 'object' && fields !== null && !Array.isArray(fields);
    return isObject ? (fields as Record<string, unknown>) : {};
  } catch {
    // The library recurses, and aliases may be a bomb; neither is a record's front matter.
    return {};
  }
}
