import { minimatch } from 'minimatch';
import type { Evidence } from '../model/evidence.ts';

/** Folders of code that somebody else wrote, or that nobody runs. */
const FOLDERS =
  /(?:^|\/)(?:node_modules|vendor|vendored|third[_-]party|dist|build|out|coverage|\.next|\.nuxt|\.svelte-kit|\.yarn|storybook-static|bower_components|__snapshots__)\//;

const NAMES =
  /(?:\.min|\.bundle|[.-]generated|\.gen|\.pb|_pb)\.[cm]?[jt]sx?$|(?:^|\/)(?:next-env|auto-imports|components)\.d\.ts$/;

/** What tools write at the top of what they write. */
const GENERATED =
  /@generated\b|\bcode generated\b[^\n]*\bdo not edit\b|\bautomatically generated\b|\bthis file (?:is|was) (?:auto-?)?generated\b/i;

/** Lines at the top in which a tool would say so. */
const TOP_LINES = 20;

/** Why a file's imports are not its author's to declare; `null` where they are. */
export function reasonToLeave(path: string, evidence: Evidence): string | null {
  if (FOLDERS.test(path)) return 'in a folder of generated or vendored files';
  if (NAMES.test(path)) return 'generated, by its name';
  const attributes = evidence.file('.gitattributes', 'base');
  if (attributes.state === 'found' && isMarked(path, attributes.text))
    return 'generated or vendored, by .gitattributes';
  return null;
}

/** Whether a text says of itself that a tool wrote it. */
export function saysGenerated(text: string): boolean {
  return GENERATED.test(text.split('\n', TOP_LINES).join('\n').slice(0, 4000));
}

/** The last line of the root's `.gitattributes` that speaks of a file decides, as git has it. */
function isMarked(path: string, attributes: string): boolean {
  let marked = false;
  for (const line of attributes.split('\n')) {
    const [pattern = '', ...words] = line.trim().split(/\s+/);
    if (pattern === '' || pattern.startsWith('#')) continue;
    const verdicts = words.flatMap((word) => {
      const [, minus, value] = /^(-?)linguist-(?:generated|vendored)(?:=(.*))?$/.exec(word) ?? [];
      return minus === undefined ? [] : [minus === '' && value !== 'false'];
    });
    if (verdicts.length > 0 && matches(path, pattern)) marked = verdicts.some((verdict) => verdict);
  }
  return marked;
}

function matches(path: string, pattern: string): boolean {
  const rooted = pattern.includes('/') ? pattern.replace(/^\//, '') : `**/${pattern}`;
  return minimatch(path, rooted, { dot: true, nocomment: true, nonegate: true, nobrace: true });
}
