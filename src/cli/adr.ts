import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { CONFIG_PATH } from '../config/config.ts';
import { resolveConfig } from '../config/resolve.ts';
import { options as adrOptions, type Options } from '../practices/adr/options.ts';
import {
  homesFor,
  isForeignRecord,
  isRecordPath,
  nextNumber,
  numberOf,
  slugOf,
} from '../practices/adr/record/homes.ts';
import { checkLog, type RecordFile, writeIndex } from '../practices/adr/record/log-checks.ts';
import { parseRecord } from '../practices/adr/record/parse.ts';
import { layoutOf, writeSkeleton } from '../practices/adr/record/skeleton.ts';
import { adr as decisionRecords } from '../practices/adr.ts';
import type { Practice } from '../practices/define-practice.ts';
import { oneLine } from '../render/escape.ts';

/** What was asked of the decision log, by a word of the command line. */
export type AdrRequest =
  | { verb: 'new'; cwd: string; title: string; supersedes?: string; affects?: readonly string[] }
  | { verb: 'list' | 'lint'; cwd: string; format: 'text' | 'json' }
  | { verb: 'index'; cwd: string; check?: boolean };

/** What there is to print, and how to end. */
export interface AdrResult {
  /** 0: done, and nothing is wrong. 1: something is wrong with the log. 2: wrong use, or nothing to read. */
  exitCode: 0 | 1 | 2;
  output: string;
  remarks: string[];
}

/** A decision log in the working tree: unlike a review, these commands are for what is being written. */
interface Log {
  home: string;
  files: RecordFile[];
  /** Records in a markup that is not read here, by their paths. */
  foreign: string[];
  options: Options;
}

/** `composure adr …`: makes, lists and checks the records of a repository. */
export async function adr(request: AdrRequest, today: string, practices: readonly Practice[]): Promise<AdrResult> {
  const log = await readLog(request.cwd, practices);
  if (typeof log === 'string') return refused(log);
  // Whatever could be said of the rest, it would not be about this log.
  if (log.files.length === 0 && log.foreign.length > 0) return refused(foreignText(log));
  const result = await answer(request, log, today);
  return log.foreign.length === 0 ? result : { ...result, remarks: [...result.remarks, foreignText(log)] };
}

function answer(request: AdrRequest, log: Log, today: string): AdrResult | Promise<AdrResult> {
  switch (request.verb) {
    case 'new':
      return create(request, log, today);
    case 'list':
      return done(request.format === 'json' ? json(log.files.map(describe)) : log.files.map(listed).join(''));
    case 'lint':
      return lint(request, log);
    case 'index':
      return index(request, log);
  }
}

function refused(message: string): AdrResult {
  return { exitCode: 2, output: '', remarks: [oneLine(message, 2_000)] };
}

function foreignText({ home, foreign }: Log): string {
  const [first = ''] = foreign;
  const which = foreign.length === 1 ? oneLine(first, 200) : `${foreign.length} records (${oneLine(first, 200)}, …)`;
  return `${home} holds ${which} in AsciiDoc or reStructuredText, which cannot be read: records are Markdown here. Nothing is known of what these decide.`;
}

function done(output: string): AdrResult {
  return { exitCode: 0, output, remarks: [] };
}

async function readLog(cwd: string, practices: readonly Practice[]): Promise<Log | string> {
  const options = await readOptions(cwd, practices);
  if (typeof options === 'string') return options;
  const homes = homesFor(options.directory);
  for (const home of homes) {
    const names = await readdir(join(cwd, home)).catch(() => null);
    if (names === null) continue;
    const paths = names.map((name) => `${home}/${name}`).filter((path) => isRecordPath(path, homes));
    const files = await Promise.all(
      paths.toSorted(byNumber).map(async (path) => ({ path, text: await readFile(join(cwd, path), 'utf8') })),
    );
    const foreign = names.map((name) => `${home}/${name}`).filter((path) => isForeignRecord(path, homes));
    return { home, files, foreign: foreign.toSorted(byNumber), options };
  }
  return { home: homes[0] ?? options.directory, files: [], foreign: [], options };
}

function byNumber(a: string, b: string): number {
  return (numberOf(a) ?? Number.MAX_SAFE_INTEGER) - (numberOf(b) ?? Number.MAX_SAFE_INTEGER) || (a < b ? -1 : 1);
}

/** The options in the working tree's configuration: whoever writes a record has the new rules before the base does. */
async function readOptions(cwd: string, practices: readonly Practice[]): Promise<Options | string> {
  const text = await readFile(join(cwd, CONFIG_PATH), 'utf8').catch(() => null);
  const layers = text === null ? [] : [{ source: 'repository' as const, path: CONFIG_PATH, text }];
  const resolved = resolveConfig(layers, practices);
  if (!resolved.ok) {
    const [problem] = resolved.problems;
    return problem
      ? `${problem.path}:${problem.line}:${problem.column}: ${problem.message}`
      : 'The configuration is broken.';
  }
  const policy = resolved.config.practices[decisionRecords.id];
  return adrOptions.parse(policy?.options ?? {});
}

async function create(request: Extract<AdrRequest, { verb: 'new' }>, log: Log, today: string): Promise<AdrResult> {
  const title = request.title.replace(/\s+/g, ' ').trim();
  if (title === '')
    return {
      exitCode: 2,
      output: '',
      remarks: ['A record needs a title: composure adr new "Keep orders in PostgreSQL".'],
    };
  const old = request.supersedes === undefined ? null : findOld(request.supersedes, log);
  if (old === undefined)
    return {
      exitCode: 2,
      output: '',
      remarks: [`There is no record ${oneLine(request.supersedes ?? '', 100)} in ${log.home}.`],
    };
  const number = nextNumber([...log.files.map(({ path }) => path), ...log.foreign]);
  const name = `${number}-${slugOf(title)}.md`;
  const path = `${log.home}/${name}`;
  const text = writeSkeleton({
    ...{
      title,
      number,
      date: today,
      layout: layoutOf(log.files.map((file) => file.text)),
      affects: request.affects ?? [],
    },
    supersedes: old ? { number: String(numberOf(old.path) ?? ''), name: old.path.slice(log.home.length + 1) } : null,
  });
  await mkdir(join(request.cwd, log.home), { recursive: true });
  // Never over what is there.
  await writeFile(join(request.cwd, path), text, { flag: 'wx' });
  const remarks = old
    ? [`Once it is accepted, let the status of ${old.path} say: Superseded by [${Number(number)}](${name})`]
    : [];
  return { exitCode: 0, output: `${path}\n`, remarks };
}

function findOld(said: string, { files }: Log): RecordFile | undefined {
  const number = /^(?:ADR[-_ ]?)?0*(\d{1,6})$/i.exec(said.trim())?.[1];
  return files.find(({ path }) =>
    number === undefined ? path.endsWith(`/${said}`) || path === said : numberOf(path) === Number(number),
  );
}

function describe({ path, text }: RecordFile) {
  const { title, status, date, affects } = parseRecord(text);
  return { path, number: numberOf(path), title, status, date: date?.text ?? null, affects };
}

function listed(file: RecordFile): string {
  const { path, status, title } = describe(file);
  return `${(status ?? 'unknown').padEnd(10)}  ${oneLine(path, 200)}  ${oneLine(title ?? '', 200)}\n`;
}

function lint({ format }: Extract<AdrRequest, { verb: 'list' | 'lint' }>, { files, options, home }: Log): AdrResult {
  const flaws = checkLog(files, { require: options.require, minWords: options['min-words'] });
  const lines = flaws.map(
    ({ path, line, code, message }) => `${oneLine(path, 200)}:${line}: ${code}: ${oneLine(message, 1_000)}\n`,
  );
  const output = format === 'json' ? json(flaws) : lines.join('');
  const count = flaws.length === 0 ? 'nothing is wrong' : `${flaws.length} to mend`;
  return { exitCode: flaws.length > 0 ? 1 : 0, output, remarks: [`${files.length} records in ${home}, ${count}`] };
}

async function index(
  { cwd, check = false }: Extract<AdrRequest, { verb: 'index' }>,
  { files, home }: Log,
): Promise<AdrResult> {
  const path = `${home}/README.md`;
  const existing = await readFile(join(cwd, path), 'utf8').catch(() => null);
  const text = writeIndex(files, existing);
  if (text === existing) return { exitCode: 0, output: '', remarks: [`${path} is up to date`] };
  if (check) return { exitCode: 1, output: '', remarks: [`${path} is out of date: composure adr index`] };
  await mkdir(join(cwd, home), { recursive: true });
  await writeFile(join(cwd, path), text);
  return done(`${path}\n`);
}

function json(value: unknown): string {
  return `${JSON.stringify(value, null, 2)}\n`;
}
