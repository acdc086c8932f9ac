import type { Evidence, EvidenceRequest } from '../../model/evidence.ts';
import type { ChangedFile, PullRequest } from '../../model/pull-request.ts';
import { type AttributeFile, foldersAbove, readAttributeFile } from './attributes.ts';
import { type ChangedLines, readChangedLines, showsAllLines } from './changed-lines.ts';
import { type ClassRules, classify, compileClasses, isDecidedByPath, isRead, weightOf } from './classify.ts';
import { markMoves } from './find-moves.ts';
import { markReformatted } from './find-reformatted.ts';
import { isGeneratedHeader, readHeaderInChange } from './generated-header.ts';
import { LineKeys } from './line-keys.ts';
import type { Options } from './options.ts';
import { byEffort, countKinds, countUncompared, type LineCounts, type ReceiptLine, weigh } from './receipt.ts';

/** A file and what it comes to. */
export interface WeighedFile {
  file: ChangedFile;
  line: ReceiptLine;
  /** 1 where a reviewer has to open it. */
  opened: 0 | 1;
  /** True where an attributes file that could not be read might take it out. */
  doubtful: boolean;
}

/** What a change asks of its reader, and how much of that is beyond doubt. */
export interface Measurement {
  /** The most effort first. Their efforts add up to `effort`, their lines to the change's additions and deletions. */
  files: readonly WeighedFile[];
  effort: number;
  /** Files that a reviewer has to open. */
  opened: number;
  /** The same two without the files that an unreadable `.gitattributes` might take out. */
  surely: { effort: number; opened: number };
  /** Files that are read and whose text was not to be had. */
  unread: readonly ChangedFile[];
  /** Lines that went from one file to another. */
  moves: readonly { from: ChangedFile; to: ChangedFile; lines: number }[];
  /** Folders whose attributes could not be read, with the cause. */
  unavailable: ReadonlyMap<string, string>;
}

/** The last measurement of each change, with what it was made from. */
const lastMeasured = new WeakMap<
  PullRequest['files'],
  { options: Options; evidence: Evidence; version: number; measurement: Measurement }
>();

/**
 * Measures a whole change. Linear in its lines but for a sort of the runs: n·log n. A practice is asked several times what
 * it needs before it is asked to judge; as long as it is asked with the same evidence, it measures once.
 */
export function measure(pullRequest: PullRequest, options: Options, evidence: Evidence): Measurement {
  const { version } = evidence;
  const last = lastMeasured.get(pullRequest.files);
  if (last?.options === options && last.evidence === evidence && last.version === version) return last.measurement;
  const measurement = measureAnew(pullRequest, options, evidence);
  lastMeasured.set(pullRequest.files, { options, evidence, version, measurement });
  return measurement;
}

function measureAnew(pullRequest: PullRequest, options: Options, evidence: Evidence): Measurement {
  const { attributes, unavailable } = readAttributes(pullRequest, evidence);
  const rules: ClassRules = {
    ...compileClasses(options),
    attributes,
    hasGeneratedHeader: (file) => options['generated-headers'] && hasGeneratedHeader(file, evidence),
  };
  const classed = pullRequest.files.map((file) => ({ file, class: classify(file, rules) }));
  const read = classed.filter((one) => weightOf(one.class, options.weights) > 0 && one.class !== 'binary');
  const { lines, moves } = explainOnce(
    pullRequest,
    read.map((one) => one.file),
  );

  const files = classed.map((one): WeighedFile => {
    const { file } = one;
    const line = weigh(file, one.class, lines.get(file) ?? null, options.weights);
    const opened = isRead(one.class, options.weights) && !isMerelyMoved(file) ? 1 : 0;
    const doubtful = unavailable.size > 0 && foldersAbove(file.path).some((folder) => unavailable.has(folder));
    return { file, line, opened, doubtful };
  });
  files.sort((a, b) => byEffort(a.line, b.line));
  const certain = files.filter((file) => !file.doubtful);
  return {
    files,
    ...sumOf(files),
    surely: sumOf(certain),
    unread: classed
      .filter((one) => one.file.patch === 'missing' && isRead(one.class, options.weights))
      .map((one) => one.file),
    moves,
    unavailable,
  };
}

function sumOf(files: readonly WeighedFile[]): { effort: number; opened: number } {
  let effort = 0;
  let opened = 0;
  for (const file of files) {
    effort += file.line.effort;
    opened += file.opened;
  }
  return { effort, opened };
}

type Explained = ReturnType<typeof explainLines>;

/** The last explanation of each change: new evidence seldom changes which of its files are read. */
const lastExplained = new WeakMap<PullRequest['files'], { files: readonly ChangedFile[]; explained: Explained }>();

/** The same answer as `explainLines`, worked out anew only where other files are read than the time before. */
function explainOnce(pullRequest: PullRequest, files: readonly ChangedFile[]): Explained {
  const last = lastExplained.get(pullRequest.files);
  if (last?.files.length === files.length && last.files.every((file, index) => file === files[index])) {
    return last.explained;
  }
  const explained = explainLines(files);
  lastExplained.set(pullRequest.files, { files, explained });
  return explained;
}

/**
 * What happened to the lines of these files, counted: first within each place, then across all of them. A file whose hunks do
 * not show what it counts is left out, and nothing of it is discounted.
 */
function explainLines(files: readonly ChangedFile[]): {
  lines: ReadonlyMap<ChangedFile, LineCounts>;
  moves: Measurement['moves'];
} {
  const shown = files.filter((file) => file.patch === 'text' && file.hunks.length > 0 && showsAllLines(file));
  // Where nothing was deleted, nothing can have come from elsewhere: each file is counted and forgotten.
  if (shown.every((file) => file.deletions === 0)) {
    return { lines: new Map(shown.map((file) => [file, countUncompared(file)])), moves: [] };
  }
  const keys = new LineKeys();
  const explained = new Map<ChangedFile, ChangedLines>();
  for (const file of shown) {
    const lines = readChangedLines(file, keys);
    for (const run of lines.runs) markReformatted(run, file.path);
    explained.set(file, lines);
  }
  const names = [...explained.keys()];
  const moves = markMoves([...explained.values()]).map(({ from, to, lines }) => {
    return { from: names[from]!, to: names[to]!, lines };
  });
  // The counts outlive the change's lines: those are many, and nobody asks for them any more.
  return { lines: new Map(Array.from(explained, ([file, lines]) => [file, countKinds(lines)])), moves };
}

/** A new place and nothing else: there is nothing in it to read. */
function isMerelyMoved(file: ChangedFile): boolean {
  const moved = file.status === 'renamed' || file.status === 'copied';
  return moved && file.patch === 'text' && file.additions === 0 && file.deletions === 0;
}

/** The attributes of a folder, as the base branch has them: a change cannot declare itself generated. */
export function attributesIn(folder: string): Extract<EvidenceRequest, { kind: 'file' }> {
  return { kind: 'file', path: folder === '' ? '.gitattributes' : `${folder}/.gitattributes`, side: 'base' };
}

/** The attributes files that could say something about the files of the change. */
export function attributesWanted({ files }: PullRequest, options: Options): EvidenceRequest[] {
  const rules = compileClasses(options);
  const undecided = files.filter((file) => !isDecidedByPath(file, rules));
  return [...new Set(undecided.flatMap((file) => foldersAbove(file.path)))].map(attributesIn);
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

/** How many heads of files are fetched, and from what effort on: enough to find the one that made the number. */
const HEADERS_WANTED = 10;
const HEADER_WORTH = 50;

/**
 * The largest files whose header the change does not show. Asked for only where the change is too large, so that an
 * ordinary pull request costs nothing more.
 */
export function headersWanted(measurement: Measurement): EvidenceRequest[] {
  return measurement.files
    .filter(({ file, line }) => line.class === 'source' && line.effort >= HEADER_WORTH && file.status !== 'added')
    .filter(({ file }) => readHeaderInChange(file) === 'not seen')
    .slice(0, HEADERS_WANTED)
    .map(({ file }) => headerOf(file));
}

/** Whether any file could be such a one, told without measuring. */
export function mayWantHeaders({ files }: PullRequest, options: Options): boolean {
  return (
    options['generated-headers'] &&
    files.some((file) => file.additions + file.deletions >= HEADER_WORTH && readHeaderInChange(file) === 'not seen')
  );
}

/** At the base, where the change has no say. */
function headerOf(file: ChangedFile): Extract<EvidenceRequest, { kind: 'file' }> {
  return { kind: 'file', path: file.previousPath ?? file.path, side: 'base' };
}

function hasGeneratedHeader(file: ChangedFile, evidence: Evidence): boolean {
  const seen = readHeaderInChange(file);
  if (seen !== 'not seen') return seen === 'generated';
  const request = headerOf(file);
  if (!evidence.has(request)) return false;
  const answer = evidence.file(request.path, request.side);
  return answer.state === 'found' && isGeneratedHeader(file.path, answer.text.slice(0, HEADER_BYTES).split('\n'));
}

/** More than the lines of any header. */
const HEADER_BYTES = 10_000;
