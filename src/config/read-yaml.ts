import { isAlias, isMap, isScalar, isSeq, type Node, parseDocument, type YAMLError } from 'yaml';

/** A mistake in a text, and where it begins: an offset in UTF-16 code units. */
export interface Fault {
  message: string;
  offset: number;
}

/** A step into nested settings: a key, or the index of an entry. */
export type Path = readonly PropertyKey[];

/** What a YAML text says, as plain data: maps without prototype, arrays and scalars. */
export interface YamlText {
  /** `null` for a text without content, and in place of what is at fault; `undefined` where nothing could be read. */
  value: unknown;
  faults: Fault[];
  /** The offset of the key or of the value at a path; of the nearest enclosing key where the path leads nowhere. */
  offsetOf(path: Path, part: 'key' | 'value'): number;
}

/** Far more than any policy needs, and little enough to be read in a second or two however it is twisted. */
const MAX_LENGTH = 256 * 1024;

/** Settings nest four deep or so; beyond this there is no policy, only a strain on whoever walks it. */
const MAX_DEPTH = 32;

/** Control characters, which YAML forbids, and those that make a line look other than it is read. */
const FORBIDDEN_CHARACTER = /[\0-\x08\x0b\x0c\x0e-\x1f\x7f\u2028\u2029\u202a-\u202e\u2066-\u2069]/;

const QUOTE_IT = 'If it is text, a glob or a package name, put quotes around it.';

/**
 * Reads one YAML 1.2 document into plain data, with the place of everything in it. It takes the part of YAML that
 * looks like what it means: no anchors, aliases, tags, merge keys or directives. Never throws, whatever the text.
 */
export function readYaml(text: string): YamlText {
  if (text.length > MAX_LENGTH) {
    return refused(`The file is larger than ${MAX_LENGTH / 1024} KiB, which no policy needs. Shorten it.`, 0);
  }
  const forbidden = text.search(FORBIDDEN_CHARACTER);
  if (forbidden >= 0) {
    if (text[forbidden] === '\0') return refused('This is not a text: a NUL stands here. Save it as UTF-8.', forbidden);
    const code = text.charCodeAt(forbidden).toString(16).toUpperCase().padStart(4, '0');
    return refused(`The invisible character U+${code} stands here. Remove it.`, forbidden);
  }
  let document: ReturnType<typeof parseDocument>;
  try {
    document = parseDocument(text, {
      version: '1.2',
      schema: 'core',
      resolveKnownTags: false,
      stringKeys: true,
      // Compared here instead, in linear time: the library's own check is quadratic in the number of keys.
      uniqueKeys: false,
      prettyErrors: false,
      logLevel: 'error',
    });
  } catch (error) {
    // The library recurses; what exhausts its stack is no configuration. Anything else is a fault of ours.
    if (error instanceof RangeError) return refused('The settings are nested too deep to be read.', 0);
    throw error;
  }
  const directive = /^%.*/m.exec(text);
  if (directive && document.directives?.yaml.explicit) {
    const message = 'Lines that begin with `%` change how YAML is read (`off` may become `false`). Remove this one.';
    return refused(message, directive.index);
  }
  const warnings = document.warnings.map(explain);
  if (document.errors.length > 0) {
    return { value: undefined, faults: [...firstsOf(document.errors.map(explain)), ...warnings], offsetOf: () => 0 };
  }
  return readContents(document.contents, warnings);
}

function refused(message: string, offset: number): YamlText {
  return { value: undefined, faults: [{ message, offset }], offsetOf: () => offset };
}

/** One slip makes the parser complain several times at the same place; the first complaint is the one to read. */
function firstsOf(faults: readonly Fault[]): Fault[] {
  const seen = new Set<number>();
  return faults.filter(({ offset }) => !seen.has(offset) && seen.add(offset));
}

/** Where a setting stands, and where those inside it do. */
interface Located {
  key: number;
  value: number;
  children: Map<PropertyKey, Located>;
}

function readContents(contents: Node | null, warnings: readonly Fault[]): YamlText {
  const faults = [...warnings];
  const root: Located = { key: contents?.range?.[0] ?? 0, value: contents?.range?.[0] ?? 0, children: new Map() };
  const value = toData(contents, root, 0);
  return { value, faults, offsetOf };

  function toData(node: unknown, located: Located, depth: number): unknown {
    if (depth > MAX_DEPTH) return fault('The settings are nested too deep to be read.', located.value);
    if (isAlias(node)) {
      return fault(`In YAML \`*\` begins an alias, and aliases are not read here. ${QUOTE_IT}`, located.value);
    }
    if (!isMap(node) && !isSeq(node) && !isScalar(node)) return null;
    // Unknown tags are among the warnings already, and at a better place.
    if (node.tag && warnings.length === 0) {
      fault(`In YAML \`!\` begins a tag, and tags are not read here. ${QUOTE_IT}`, located.value);
    }
    if (node.anchor !== undefined) {
      fault(`In YAML \`&\` begins an anchor, and anchors are not read here. ${QUOTE_IT}`, located.value);
    }
    if (isScalar(node)) return node.value;
    if (isSeq(node)) {
      return node.items.map((item, index) => {
        const offset = offsetOfNode(item) ?? located.value;
        const entry: Located = { key: offset, value: offset, children: new Map() };
        located.children.set(index, entry);
        return toData(item, entry, depth + 1);
      });
    }
    const data: Record<string, unknown> = Object.create(null);
    for (const { key: keyNode, value: valueNode } of node.items) {
      const offset = offsetOfNode(keyNode) ?? located.value;
      const key = isScalar(keyNode) ? String(keyNode.value) : '';
      if (isScalar(keyNode) && (keyNode.tag || keyNode.anchor !== undefined)) {
        fault('Keys carry no tag (`!`) and no anchor (`&`) here. Remove it.', offset);
      } else if (key === '') {
        fault('A key is missing here, before the colon.', offset);
      } else if (key === '<<') {
        fault('Merge keys (`<<`) are not read here. Write the settings out.', offset);
      } else if (key === '__proto__') {
        fault('`__proto__` cannot be a key. Remove it.', offset);
      } else if (located.children.has(key)) {
        fault(`The key ${quote(key)} stands here a second time. Keep one of the two.`, offset);
      } else {
        const entry: Located = { key: offset, value: offsetOfNode(valueNode) ?? offset, children: new Map() };
        // An empty value has a range behind the colon, where nothing is to be seen.
        if (isScalar(valueNode) && valueNode.source === '' && valueNode.value === null) entry.value = offset;
        located.children.set(key, entry);
        data[key] = toData(valueNode, entry, depth + 1);
      }
    }
    return data;
  }

  function fault(message: string, offset: number): null {
    faults.push({ message, offset });
    return null;
  }

  function offsetOf(path: Path, part: 'key' | 'value'): number {
    let located = root;
    for (const step of path) {
      const child = located.children.get(step);
      if (!child) return located.key;
      located = child;
    }
    return located[part];
  }
}

function offsetOfNode(node: unknown): number | undefined {
  return isScalar(node) || isMap(node) || isSeq(node) || isAlias(node) ? node.range?.[0] : undefined;
}

/** The library's words are those of the YAML specification; these are for somebody who edits a file. */
function explain(error: YAMLError): Fault {
  return { message: inPlainWords(error), offset: error.pos[0] };
}

function inPlainWords(error: YAMLError): string {
  switch (error.code) {
    case 'TAB_AS_INDENT':
      return 'A tab indents this line, and YAML takes only spaces. Replace it by spaces.';
    case 'BAD_SCALAR_START':
      return `In YAML a value cannot begin with this character. ${QUOTE_IT}`;
    case 'TAG_RESOLVE_FAILED':
      return `In YAML \`!\` begins a tag, and tags are not read here. ${QUOTE_IT}`;
    case 'BAD_ALIAS':
    case 'ALIAS_PROPS':
      return `In YAML \`*\` begins an alias, and aliases are not read here. ${QUOTE_IT}`;
    case 'MULTIPLE_DOCS':
      return 'A second document begins here. The configuration is one document: remove this `---` line or what follows.';
    case 'BAD_DIRECTIVE':
      return 'Lines that begin with `%` are not read here. Remove this one.';
    case 'MULTILINE_IMPLICIT_KEY':
    case 'BLOCK_AS_IMPLICIT_KEY':
      return 'This does not fit the lines around it. Write `key: value`, with a space after the colon, quotes around a value that holds `: `, and the same indentation as the neighbouring keys.';
    case 'NON_STRING_KEY':
      return 'A key must be plain text: no list, no map, no alias.';
    case 'BAD_DQ_ESCAPE':
      return 'Within double quotes `\\` begins an escape, and this one does not exist. Use single quotes, or write `\\\\`.';
    case 'BAD_INDENT':
      return `The indentation breaks off what stands above. Close every bracket, and align the line with its neighbours. (${error.message}.)`;
    case 'MISSING_CHAR':
      return `Something that was begun is not finished: a closing bracket or quote, or the colon of a key. (${error.message}.)`;
    default:
      return `This is not valid YAML. (${error.message}.)`;
  }
}

/** Text from a file as part of a sentence: on one line, in backticks, of bearable length. */
export function quote(text: string): string {
  const shown = text.length > 60 ? `${text.slice(0, 59)}…` : text;
  return `\`${shown.replace(/\s+/g, ' ')}\``;
}
