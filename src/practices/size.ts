import { z } from 'zod';
import type { Evidence, EvidenceRequest } from '../model/evidence.ts';
import type { ChangedFile, PullRequest } from '../model/pull-request.ts';
import type { Facts, Finding, Missing } from '../model/review.ts';
import { definePractice } from './define-practice.ts';
import { type AttributeFile, foldersAbove, readAttributeFile } from './size/attributes.ts';
import { classify, compileGlobs, isDecidedByPath, isRead } from './size/classify.ts';
import { byEffort, type ReceiptLine, weigh } from './size/receipt.ts';

const weight = z.number().min(0).max(10);

const options = z.strictObject({
  'max-lines': z
    .int()
    .min(1)
    .default(400)
    .describe('The most effort one pull request may ask of a reviewer, in lines of new source code.'),
  'max-files': z.int().min(1).default(25).describe('The most files a reviewer may have to open.'),
  exclude: z
    .array(z.string().max(500).regex(/^[^!]/, 'A glob here can only take files out, so it cannot begin with "!".'))
    .default([])
    .describe('Globs of files that nobody reads in review; they count neither as lines nor as files.'),
  weights: z
    .strictObject({
      deleted: weight.default(0.25).describe('A deleted line, against an added one of the same file.'),
      source: weight.default(1).describe('A line of source code.'),
      tests: weight.default(0.5).describe('A line of tests, fixtures and snapshots.'),
      documentation: weight.default(0.25).describe('A line of prose.'),
    })
    .prefault({})
    .describe('How much a line counts, by what it is.'),
});

type Options = z.output<typeof options>;

/** How many files a message names. */
const NAMED_FILES = 3;

/** How many unread files are listed one by one. */
const LISTED_MISSING = 10;

export const size = definePractice({
  id: 'size',
  title: 'Size',
  summary: 'A pull request is small enough for a person to read it with care.',
  options,
  presets: {
    advisory: { mode: 'warn' },
    standard: { mode: 'block', 'max-lines': 400, 'max-files': 25 },
    strict: { mode: 'block', 'max-lines': 250, 'max-files': 15 },
  },
  judgesDependencyBots: false,
  messages: {
    'too-many-lines': {
      level: 'error',
      text: (facts) =>
        `Reading this change takes an effort of ${count(facts.effort)} lines; the limit is ${count(facts.maxLines)}. ` +
        'The longer a change, the fewer of its defects a reviewer finds. ' +
        `${sayLargest(facts.largest)}${HOW_TO_SPLIT}`,
    },
    'too-many-files': {
      level: 'error',
      text: (facts) =>
        `This change asks a reviewer to open ${count(facts.files)} files; the limit is ${count(facts.maxFiles)}. ` +
        'Nobody holds that many places in mind at once. ' +
        `${sayLargest(facts.largest)}${HOW_TO_SPLIT}`,
    },
    incomplete: {
      level: 'warning',
      text: (facts) =>
        `The size of this change could not be measured whole. Not read: ${facts.unread}. ` +
        `What was read makes an effort of ${count(facts.effort)} lines in ${count(facts.files)} files, and what was not ` +
        'seen is never taken for small. Composure reads it again by itself; if that does not help, the author can ' +
        'split the change, because a small pull request can always be read whole.',
    },
  },

  needs(pullRequest, options) {
    const exclude = compileGlobs(options.exclude);
    const undecided = pullRequest.files.filter((file) => !isDecidedByPath(file, exclude));
    return [...new Set(undecided.flatMap((file) => foldersAbove(file.path)))].map(attributesIn);
  },

  evaluate({ pullRequest, evidence, options, finding }) {
    const { receipt, effort, files, surely, missing } = measure(pullRequest, options, evidence);
    const maxLines = options['max-lines'];
    const maxFiles = options['max-files'];
    const largest = receipt.filter((line) => line.effort > 0).slice(0, NAMED_FILES);
    const shown = { effort, maxLines, files, maxFiles, largest };

    const findings: Finding[] = [];
    if (surely.effort > maxLines) findings.push(finding('too-many-lines', shown));
    if (surely.files > maxFiles) findings.push(finding('too-many-files', shown));
    if (missing.length > 0) {
      const unread = missing.map(({ what, cause }) => `${what} (${cause})`).join('; ');
      findings.push(finding('incomplete', { unread, effort, files }));
    }

    const additions = pullRequest.files.reduce((sum, file) => sum + file.additions, 0);
    const deletions = pullRequest.files.reduce((sum, file) => sum + file.deletions, 0);
    const unknown = missing.length > 0 ? ', and some of it could not be read' : '';
    return {
      summary:
        `An effort of ${count(effort)} of at most ${count(maxLines)} lines, ` +
        `in ${count(files)} of at most ${count(maxFiles)} files${unknown}.`,
      facts: { effort, maxLines, files, additions, deletions, receipt },
      details: {
        title: 'Files by the effort they ask for',
        columns: [
          { title: 'File', kind: 'code' },
          { title: 'Class', kind: 'text' },
          { title: 'Weight', kind: 'number' },
          { title: 'Lines', kind: 'number' },
          { title: 'Effort', kind: 'number' },
        ],
        rows: receipt.map((line) => [line.path, line.class, line.weight, line.lines, line.effort]),
      },
      findings,
      missing,
    };
  },
});

/** What a change asks of its reader, and how much of that is beyond doubt. */
interface Measurement {
  /** The most effort first. Its efforts add up to `effort`, its lines to the change's additions and deletions. */
  receipt: readonly ReceiptLine[];
  effort: number;
  /** Files that a reviewer has to open. */
  files: number;
  /** The same two without the files that an unreadable `.gitattributes` might take out. */
  surely: { effort: number; files: number };
  /** What could not be read and could change the verdict. */
  missing: Missing[];
}

function measure(pullRequest: PullRequest, options: Options, evidence: Evidence): Measurement {
  const exclude = compileGlobs(options.exclude);
  const { attributes, unavailable } = readAttributes(pullRequest, evidence);
  const counted = { effort: 0, files: 0 };
  const surely = { effort: 0, files: 0 };
  const receipt: ReceiptLine[] = [];
  const unread: ChangedFile[] = [];

  for (const file of pullRequest.files) {
    const fileClass = classify(file, { exclude, attributes });
    const line = weigh(file, fileClass, options.weights);
    receipt.push({ ...line });
    if (!isRead(fileClass)) continue;
    if (file.patch === 'missing') unread.push(file);
    const files = isMerelyMoved(file) ? 0 : 1;
    counted.effort += line.effort;
    counted.files += files;
    if (unavailable.size > 0 && foldersAbove(file.path).some((folder) => unavailable.has(folder))) continue;
    surely.effort += line.effort;
    surely.files += files;
  }

  const maxLines = options['max-lines'];
  const maxFiles = options['max-files'];
  const inDoubt =
    (counted.effort > maxLines && surely.effort <= maxLines) || (counted.files > maxFiles && surely.files <= maxFiles);
  const missing = [
    ...missingFiles(pullRequest),
    ...missingPatches(unread),
    ...(inDoubt ? missingAttributes(unavailable) : []),
  ];
  return { receipt: receipt.sort(byEffort), ...counted, surely, missing };
}

/** A new place and nothing else: there is nothing in it to read. */
function isMerelyMoved(file: ChangedFile): boolean {
  const moved = file.status === 'renamed' || file.status === 'copied';
  return moved && file.patch === 'text' && file.additions === 0 && file.deletions === 0;
}

/** The attributes of a folder, as the base branch has them: a change cannot declare itself generated. */
function attributesIn(folder: string): Extract<EvidenceRequest, { kind: 'file' }> {
  return { kind: 'file', path: folder === '' ? '.gitattributes' : `${folder}/.gitattributes`, side: 'base' };
}

function readAttributes(
  pullRequest: PullRequest,
  evidence: Evidence,
): { attributes: AttributeFile[]; unavailable: Map<string, string> } {
  const attributes: AttributeFile[] = [];
  const unavailable = new Map<string, string>();
  for (const folder of new Set(pullRequest.files.flatMap((file) => foldersAbove(file.path)))) {
    const request = attributesIn(folder);
    if (!evidence.has(request)) continue;
    const answer = evidence.file(request.path, request.side);
    if (answer.state === 'found') attributes.push(readAttributeFile(folder, answer.text));
    if (answer.state === 'unavailable') unavailable.set(folder, answer.cause);
  }
  return { attributes, unavailable };
}

/** Files that the source counts and does not list. */
function missingFiles({ files, totals, filesComplete }: PullRequest): Missing[] {
  if (filesComplete) return [];
  if (files.length < totals.files) {
    const what = `${count(totals.files - files.length)} of ${count(totals.files)} changed files`;
    return [{ what, cause: 'they are not in the list of files that was given' }];
  }
  // A patch that is missing explains the gap, and is listed by name where it matters.
  if (files.some((file) => file.patch === 'missing')) return [];
  return [
    { what: 'some of the changed lines', cause: 'the files do not add up to what the pull request says of itself' },
  ];
}

function missingPatches(files: readonly ChangedFile[]): Missing[] {
  const cause = 'its text was too large or came back malformed';
  const listed = files.slice(0, LISTED_MISSING).map(({ path }) => ({ what: `the changes of ${path}`, cause }));
  const rest = files.length - listed.length;
  return rest > 0 ? [...listed, { what: `the changes of ${count(rest)} more files`, cause }] : listed;
}

function missingAttributes(unavailable: ReadonlyMap<string, string>): Missing[] {
  return [...unavailable].slice(0, LISTED_MISSING).map(([folder, cause]) => ({
    what: `${attributesIn(folder).path}, which may say that files are generated`,
    cause,
  }));
}

const HOW_TO_SPLIT =
  'Its author can open the gate by splitting it into pull requests that each stand on the one before: renames, moves ' +
  'and generated code first, then what prepares the ground, then the new behaviour with its tests. On a new branch ' +
  'from the base, `git restore --source <this branch> -- <paths>` takes over the files of one part.';

/** The files that make the number, as a sentence. */
function sayLargest(largest: Facts[string] | undefined): string {
  const lines = largest as unknown as readonly ReceiptLine[];
  if (lines.length === 0) return '';
  const named = lines.map((line) => `${line.path} (${line.class}, ${count(line.effort)})`);
  return `Most of it is in ${named.join(', ')}. `;
}

/** `1234.5` as people write it, the same in every place this runs. */
function count(value: Facts[string] | undefined): string {
  return Number(value).toLocaleString('en-US', { maximumFractionDigits: 2 });
}
