import { isMap, isScalar, LineCounter, type Node, parseDocument } from 'yaml';

/**
 * How we have YAML read. Keys are text: a mapping that is a key of a mapping, and so on, is nothing that a package manager
 * understands, and takes the library minutes to write out as one. Nor is every key held against every other. Warnings are nobody's: above this level of logging they
 * would be written to the console of whoever runs us.
 */
const OPTIONS = { logLevel: 'silent', prettyErrors: false, stringKeys: true, uniqueKeys: false } as const;

/** Anchors that may be repeated in all; a bomb of aliases needs far more. */
const LIMITS = { maxAliasCount: 100 };

/** Parses one YAML document. Throws on malformed text, on more than one document and on a bomb of aliases. */
export function readYaml(text: string): unknown {
  const document = parseDocument(text, OPTIONS);
  const [error] = document.errors;
  if (error) throw error;
  return document.toJS(LIMITS);
}

/** Why a text is no YAML, and at which line; `null` where it is. */
export function faultOfYaml(text: string): { line: number | null; cause: string } | null {
  try {
    const lines = new LineCounter();
    const document = parseDocument(text, { ...OPTIONS, lineCounter: lines });
    const [error] = document.errors;
    if (error) {
      return { line: lines.linePos(error.pos[0]).line, cause: `it is not valid YAML: ${error.code.toLowerCase()}` };
    }
    document.toJS(LIMITS);
    return null;
  } catch {
    return { line: null, cause: 'it is not valid YAML' };
  }
}

/** Finds the line of the key at the end of a path of keys, from 1; `null` where it does not stand in the text itself. */
export function yamlLines(text: string): (path: readonly string[]) => number | null {
  const lines = new LineCounter();
  let root: unknown = null;
  try {
    root = parseDocument(text, { ...OPTIONS, lineCounter: lines }).contents;
  } catch {
    // Whoever asks has parsed it before; what is left is a text that only just nests too deeply.
  }
  return (path) => {
    let node = root as Node | null;
    let line: number | null = null;
    for (const key of path) {
      if (!isMap(node)) return null;
      const pair = node.items.find((item) => isScalar(item.key) && String(item.key.value) === key);
      if (!pair || !isScalar(pair.key)) return null;
      const range = pair.key.range;
      line = range ? lines.linePos(range[0]).line : null;
      node = pair.value as Node | null;
    }
    return line;
  };
}
