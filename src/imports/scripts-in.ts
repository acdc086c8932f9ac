/** A stretch of script in a source file. */
export interface Script {
  text: string;
  /** Lines before it. */
  linesBefore: number;
  /** Dialects to try, the likeliest first. */
  dialects: readonly Dialect[];
}

/** What oxc can be told of a source. */
export type Dialect = 'js' | 'jsx' | 'ts' | 'tsx' | 'dts';

const BY_EXTENSION: Readonly<Record<string, readonly Dialect[]>> = {
  ts: ['ts', 'tsx'],
  mts: ['ts'],
  cts: ['ts'],
  tsx: ['tsx', 'ts'],
  // JSX and types stand in plain files, too, where a build takes them out.
  js: ['jsx', 'tsx', 'ts'],
  mjs: ['jsx', 'tsx', 'ts'],
  cjs: ['jsx', 'tsx', 'ts'],
  jsx: ['jsx', 'tsx'],
};

const COMPONENTS = new Set(['vue', 'svelte', 'astro', 'mdx']);

/** Whether imports can be read from a file of this name. */
export function isSource(path: string): boolean {
  const extension = extensionOf(path);
  return extension in BY_EXTENSION || COMPONENTS.has(extension);
}

/** The scripts of a source file: all of it, or the parts of a component that are code. */
export function scriptsIn(path: string, text: string): Script[] {
  const extension = extensionOf(path);
  const plain = BY_EXTENSION[extension];
  if (plain) return [{ text, linesBefore: 0, dialects: /\.d\.[cm]?ts$/.test(path) ? ['dts', 'ts'] : plain }];
  if (extension === 'mdx') return [{ text: esmOfMdx(text), linesBefore: 0, dialects: ['jsx', 'tsx'] }];
  if (extension === 'astro') return [...frontmatter(text), ...scriptTags(text)];
  return scriptTags(text);
}

function extensionOf(path: string): string {
  return path.slice(path.lastIndexOf('.') + 1).toLowerCase();
}

/** `<script lang="ts">…</script>`, as Vue and Svelte have it; a tag in a comment is no tag. One pass, whatever is left open. */
function scriptTags(text: string): Script[] {
  const scripts: Script[] = [];
  const lower = text.toLowerCase();
  const opening = /<!--|<script(?=[\s>])/g;
  for (let match = opening.exec(lower); match; match = opening.exec(lower)) {
    if (match[0] === '<!--') {
      const end = lower.indexOf('-->', opening.lastIndex);
      if (end === -1) break;
      opening.lastIndex = end;
      continue;
    }
    const start = lower.indexOf('>', opening.lastIndex) + 1;
    const end = start === 0 ? -1 : lower.indexOf('</script', start);
    if (end === -1) break;
    const attributes = lower.slice(match.index, Math.min(start, match.index + 2_000));
    opening.lastIndex = end;
    if (/\ssrc\s*=/.test(attributes)) continue;
    if (/\btype\s*=\s*["'](?!module|text\/javascript|text\/typescript)/.test(attributes)) continue;
    scripts.push({ text: text.slice(start, end), linesBefore: linesIn(text.slice(0, start)), dialects: ['ts', 'tsx'] });
    if (scripts.length >= MAX_SCRIPTS) break;
  }
  return scripts;
}

/** A component has one or two. */
const MAX_SCRIPTS = 20;

function frontmatter(text: string): Script[] {
  const [whole, body] = /^\s*---[^\n]*\n([\s\S]*?)\n---/.exec(text) ?? [];
  if (whole === undefined || body === undefined) return [];
  return [{ text: body, linesBefore: linesIn(whole.slice(0, whole.indexOf(body))), dialects: ['tsx', 'ts'] }];
}

/** The paragraphs that begin with `import` or `export`, outside of fenced code; the rest is blanked, so that lines stay. */
function esmOfMdx(text: string): string {
  let fence: string | null = null;
  let inStatement = false;
  return text
    .split('\n')
    .map((line) => {
      const marker = /^\s*(`{3,}|~{3,})/.exec(line)?.[1];
      if (marker !== undefined && !inStatement) {
        if (fence === null) fence = marker;
        else if (marker.startsWith(fence)) fence = null;
        return '';
      }
      if (fence !== null) return '';
      if (/^(?:import|export)\b/.test(line)) inStatement = true;
      else if (line.trim() === '') inStatement = false;
      return inStatement ? line : '';
    })
    .join('\n');
}

function linesIn(text: string): number {
  return text.split('\n').length - 1;
}
