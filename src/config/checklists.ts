import type { z } from 'zod';
import type { ChecklistDefinition, ChecklistItem, ChecklistProblem } from '../model/checklist.ts';
import type { ChecklistsAnswer } from '../model/evidence.ts';
import { baseName } from '../model/package-files.ts';
import { FrontMatter, isSignal, suggestSignal, toConditions } from './checklist-front-matter.ts';
import { nearest } from './nearest.ts';
import { quote, readYaml } from './read-yaml.ts';

/** A list, or everything that is wrong with it. */
export type ChecklistResult = { ok: true; list: ChecklistDefinition } | { ok: false; problems: ChecklistProblem[] };

/** Ids of lists and items stand in URLs, commands and hidden marks; these letters survive all of them. */
const ID = /^[a-z0-9]+(?:-[a-z0-9]+)*$/;
const MAX_ID_LENGTH = 60;

/** Long lists are ticked unread; this many is already more than anybody reads. */
const MAX_ITEMS = 20;
const MAX_ITEM_LENGTH = 240;
/** With its Markdown; also what keeps the patterns below quick. */
const MAX_RAW_LENGTH = 2_000;
const MAX_TEXT_LENGTH = 64 * 1024;

/** Reads every file as a checklist. A broken one is told of, and never silently left out. */
export function readChecklists(files: readonly { path: string; text: string }[]): ChecklistsAnswer {
  const lists: ChecklistDefinition[] = [];
  const problems: ChecklistProblem[] = [];
  for (const { path, text } of files) {
    const result = parseChecklist(path, text);
    if (result.ok) lists.push(result.list);
    else problems.push(...result.problems);
  }
  return { lists, problems };
}

/**
 * Reads one checklist: front matter with a `title` and, where it does not always apply, `applies-to` globs and `when`
 * (see `FrontMatter`); then `- …` items, each with a stable id in a comment, so that its wording can change without losing ticks:
 *
 *     - Every data type was verified. <!-- id: data-types -->
 *
 * Other Markdown is for people who read the file. Never throws, whatever the text.
 */
export function parseChecklist(path: string, text: string): ChecklistResult {
  const id = baseName(path).replace(/\.md$/, '');
  const problems: ChecklistProblem[] = [];
  const complain = (line: number, message: string) => void problems.push({ path, line, message });

  if (!ID.test(id) || id.length > MAX_ID_LENGTH || !path.endsWith('.md')) {
    complain(1, "The file's name is the list's id: lower-case letters, digits and single hyphens, and then `.md`.");
  }
  if (text.length > MAX_TEXT_LENGTH) {
    complain(1, `The file is larger than ${MAX_TEXT_LENGTH / 1024} KiB. Nobody reads a list that long.`);
    return { ok: false, problems };
  }
  const { settings, body, firstLine } = splitFrontMatter(text);
  const front = settings === null ? null : readFrontMatter(settings, complain);
  if (settings === null) complain(1, 'The file must begin with front matter: `---`, a line `title: …`, `---`.');
  const items = readItems(body, firstLine, complain);
  if (items.length === 0 && problems.length === 0) {
    complain(firstLine, 'The list has no items. Add a line such as `- … <!-- id: data-types -->`.');
  }
  if (!front || problems.length > 0) return { ok: false, problems: problems.sort((a, b) => a.line - b.line) };
  return { ok: true, list: toDefinition(id, path, front, items) };
}

/** What the file says, and nothing of what it leaves open: a weaker list of the same id may have said it. */
function toDefinition(
  id: string,
  path: string,
  front: z.output<typeof FrontMatter>,
  items: ChecklistDefinition['items'],
): ChecklistDefinition {
  const { title, required, evidence, version, replace } = front;
  return {
    ...{ id, title, path, appliesTo: front['applies-to'] },
    ...(front.when !== undefined && { when: toConditions(front.when) }),
    ...(front['attest-by'] !== undefined && { attestBy: front['attest-by'].filter((name) => name !== 'reviewers') }),
    ...(evidence !== undefined && { evidence }),
    ...(required !== undefined && { required }),
    ...(version !== undefined && { version }),
    ...(replace && { replaces: true }),
    items,
  };
}

type Complain = (line: number, message: string) => void;

/** The front matter without its fences, the lines after it, and the number of the first of those. */
function splitFrontMatter(text: string): { settings: string | null; body: string[]; firstLine: number } {
  const lines = text.replace(/^\uFEFF/, '').split(/\r?\n/);
  const end =
    lines[0]?.trimEnd() === '---' ? lines.findIndex((line, index) => index > 0 && line.trimEnd() === '---') : -1;
  if (end < 0) return { settings: null, body: lines, firstLine: 1 };
  return { settings: lines.slice(1, end).join('\n'), body: lines.slice(end + 1), firstLine: end + 2 };
}

function readFrontMatter(settings: string, complain: Complain): z.output<typeof FrontMatter> | null {
  // The opening `---` is line 1.
  const lineAt = (offset: number) => settings.slice(0, offset).split('\n').length + 1;
  const yaml = readYaml(settings);
  for (const { message, offset } of yaml.faults) complain(lineAt(offset), message);
  if (yaml.faults.length > 0) return null;
  const parsed = FrontMatter.safeParse(yaml.value);
  if (parsed.success) return parsed.data;
  for (const issue of parsed.error.issues) {
    if (issue.code !== 'unrecognized_keys') {
      complain(lineAt(yaml.offsetOf(issue.path, 'value')), issue.message);
      continue;
    }
    const known = Object.keys(FrontMatter.shape);
    for (const key of issue.keys) {
      const near = nearest(key, known);
      const hint = near ? `Did you mean ${quote(near)}?` : `Known are ${known.map(quote).join(' and ')}.`;
      complain(lineAt(yaml.offsetOf([...issue.path, key], 'key')), `Unknown key ${quote(key)}. ${hint}`);
    }
  }
  return null;
}

/** `<!-- id: data-types -->`, or with the signal that the item asks about: `<!-- id: races, about: concurrency -->`. */
const MARK = /<!--\s*id:\s*([^\s>,]*)(?:\s*,\s*about:\s*([^\s>,]*))?\s*-->/g;

/** An item as it stands in the file: Markdown, over one line or several. */
interface RawItem {
  line: number;
  text: string;
}

function readItems(body: readonly string[], firstLine: number, complain: Complain): ChecklistItem[] {
  const items: ChecklistItem[] = [];
  const seen = new Set<string>();
  for (const { line, text } of findItems(body, firstLine, complain)) {
    if (text.length > MAX_RAW_LENGTH) {
      complain(line, `This item has ${text.length} characters. Say it in one sentence of at most ${MAX_ITEM_LENGTH}.`);
      continue;
    }
    const marks = [...text.matchAll(MARK)];
    const ids = marks.map((mark) => mark[1]!);
    const [id] = ids;
    if (id === undefined || ids.length > 1) {
      const seenIds = ids.length > 1 ? 'has several ids' : 'has no id';
      complain(line, `This item ${seenIds}. Give it one that stays: \`- … <!-- id: data-types -->\`.`);
      continue;
    }
    if (!ID.test(id) || id.length > MAX_ID_LENGTH) {
      complain(line, `The id ${quote(id)} must be made of lower-case letters, digits and single hyphens.`);
    } else if (seen.has(id)) {
      complain(line, `The id ${quote(id)} stands twice in this list. Ticks are kept by id: give this item its own.`);
    }
    seen.add(id);
    const title = plainText(text);
    if (title === '') complain(line, 'This item says nothing. Write one sentence that a reviewer can affirm.');
    if (title.length > MAX_ITEM_LENGTH) {
      complain(line, `This item has ${title.length} characters. Say it in one sentence of at most ${MAX_ITEM_LENGTH}.`);
    }
    const about = marks[0]?.[2];
    if (about !== undefined && !isSignal(about)) {
      complain(line, `${quote(about)} is no signal. ${suggestSignal(about)}`);
      continue;
    }
    items.push({ id, title, ...(about !== undefined && { about }) });
  }
  if (items.length > MAX_ITEMS) {
    complain(
      firstLine,
      `The list has ${items.length} items. Nobody reads more than ${MAX_ITEMS}: split it by kind of change.`,
    );
  }
  return items;
}

function findItems(body: readonly string[], firstLine: number, complain: Complain): RawItem[] {
  const items: RawItem[] = [];
  let item: RawItem | null = null;
  let fence: string | null = null;
  let inComment = false;
  for (const [index, text] of body.entries()) {
    const line = firstLine + index;
    const fenced: string | undefined = /^\s*(`{3,}|~{3,})/.exec(text)?.[1];
    if (fence !== null) {
      if (fenced?.startsWith(fence)) fence = null;
    } else if (inComment) {
      inComment = !text.includes('-->');
    } else if (fenced) {
      fence = fenced;
      item = null;
    } else if (/^\s*<!--/.test(text) && !(item && /<!--\s*id:/.test(text))) {
      inComment = !text.includes('-->');
    } else if (/^[-*+]\s/.test(text) && !isRule(text)) {
      item = { line, text: text.replace(/^[-*+]\s+(?:\[[ xX]\]\s+)?/, '') };
      items.push(item);
    } else if (/^\d+[.)]\s/.test(text)) {
      complain(line, 'Items begin with `- `, not with a number: their order means nothing, and ids name them.');
      item = null;
    } else if (item && /^\s+(?:[-*+]|\d+[.)])\s/.test(text)) {
      complain(line, 'An item cannot hold items of its own. Make it an item, with an id.');
    } else if (text.trim() === '' || /^#/.test(text) || isRule(text)) {
      item = null;
    } else if (item) {
      item.text += ` ${text.trim()}`;
    }
  }
  return items;
}

/** A line of `---` or `* * *` draws a rule. */
function isRule(text: string): boolean {
  return /^\s*([-*_])(?:\s*\1){2,}\s*$/.test(text);
}

/** A sentence without its Markdown: renderers mark up, and what they are given is plain. */
function plainText(markdown: string): string {
  return markdown
    .replace(/<!--[\s\S]*?(?:-->|$)/g, ' ')
    .replace(/!?\[([^\]]*)\]\([^)]*\)/g, '$1')
    .replace(/\*\*|~~|`+/g, '')
    .replace(/\s+/g, ' ')
    .trim();
}
