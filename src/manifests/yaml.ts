import { isMap, isScalar, LineCounter, type Node, parse, parseDocument } from 'yaml';

/** Parses one YAML document. Throws on malformed text, on more than one document and on a bomb of aliases. */
export function readYaml(text: string): unknown {
  // `warn`, the default, writes to the console of whoever runs us.
  return parse(text, { logLevel: 'error', maxAliasCount: 100 });
}

/** Why a text is no YAML, and at which line; `null` where it is. */
export function faultOfYaml(text: string): { line: number | null; cause: string } | null {
  try {
    const lines = new LineCounter();
    const document = parseDocument(text, { logLevel: 'silent', lineCounter: lines, prettyErrors: false });
    const [error] = document.errors;
    if (error) {
      return { line: lines.linePos(error.pos[0]).line, cause: `it is not valid YAML: ${error.code.toLowerCase()}` };
    }
    document.toJS({ maxAliasCount: 100 });
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
    root = parseDocument(text, { logLevel: 'silent', lineCounter: lines }).contents;
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
