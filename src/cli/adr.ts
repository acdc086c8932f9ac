import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { nextNumber, numberOf, slugOf } from '../practices/adr/record/homes.ts';
import { checkLog, type RecordFile, writeIndex } from '../practices/adr/record/log-checks.ts';
import { parseRecord } from '../practices/adr/record/parse.ts';
import { layoutOf, writeSkeleton } from '../practices/adr/record/skeleton.ts';
import type { Practice } from '../practices/define-practice.ts';
import { oneLine } from '../render/escape.ts';
import { type DecisionLog, type DecisionLogs, readDecisionLogs } from './decision-logs.ts';

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

/** `composure adr …`: makes, lists and checks the records of a repository. */
export async function adr(request: AdrRequest, today: string, practices: readonly Practice[]): Promise<AdrResult> {
  const logs = await readDecisionLogs(request.cwd, practices);
  if (typeof logs === 'string') return refused(logs);
  const asked = request.verb === 'new' ? [logs.nearest] : logs.within;
  const foreign = asked.filter((log) => log.foreign.length > 0).map(foreignText);
  // Whatever could be said of the rest, it would not be about this log.
  if (asked.every((log) => log.files.length === 0) && foreign.length > 0) return refused(foreign.join(' '));
  const result = await answer(request, logs, today);
  return { ...result, remarks: [...result.remarks, ...foreign] };
}

function answer(request: AdrRequest, logs: DecisionLogs, today: string): AdrResult | Promise<AdrResult> {
  const files = logs.within.flatMap((log) => log.files);
  switch (request.verb) {
    case 'new':
      return create(request, logs, today);
    case 'list':
      return done(request.format === 'json' ? json(files.map(describe)) : files.map(listed).join(''));
    case 'lint':
      return lint(request, logs);
    case 'index':
      return index(request, logs);
  }
}

function refused(message: string): AdrResult {
  return { exitCode: 2, output: '', remarks: [oneLine(message, 2_000)] };
}

function foreignText({ home, foreign }: DecisionLog): string {
  const [first = ''] = foreign;
  const which = foreign.length === 1 ? oneLine(first, 200) : `${foreign.length} records (${oneLine(first, 200)}, …)`;
  return `${home} holds ${which} in AsciiDoc or reStructuredText, which cannot be read: records are Markdown here. Nothing is known of what these decide.`;
}

function done(output: string): AdrResult {
  return { exitCode: 0, output, remarks: [] };
}

async function create(
  request: Extract<AdrRequest, { verb: 'new' }>,
  { top, nearest: log }: DecisionLogs,
  today: string,
): Promise<AdrResult> {
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
  await mkdir(join(top, log.home), { recursive: true });
  // Never over what is there.
  await writeFile(join(top, path), text, { flag: 'wx' });
  const remarks = old
    ? [`Once it is accepted, let the status of ${old.path} say: Superseded by [${Number(number)}](${name})`]
    : [];
  return { exitCode: 0, output: `${path}\n`, remarks };
}

/** By number, or by a path as whichever shell completes it. */
function findOld(said: string, { files }: DecisionLog): RecordFile | undefined {
  const number = /^(?:ADR[-_ ]?)?0*(\d{1,6})$/i.exec(said.trim())?.[1];
  if (number !== undefined) return files.find(({ path }) => numberOf(path) === Number(number));
  const end = said.trim().replaceAll('\\', '/').replace(/^\.\//, '');
  return files.find(({ path }) => path === end || path.endsWith(`/${end}`));
}

function describe({ path, text }: RecordFile) {
  const { title, status, date, affects } = parseRecord(text);
  return { path, number: numberOf(path), title, status, date: date?.text ?? null, affects };
}

function listed(file: RecordFile): string {
  const { path, status, title } = describe(file);
  return `${(status ?? 'unknown').padEnd(10)}  ${oneLine(path, 200)}  ${oneLine(title ?? '', 200)}\n`;
}

function lint(
  { format }: Extract<AdrRequest, { verb: 'list' | 'lint' }>,
  { within, elsewhere, options }: DecisionLogs,
): AdrResult {
  const rules = { require: options.require, minWords: options['min-words'] };
  const flaws = within.flatMap((log) => {
    const others = [...within, ...elsewhere].filter(({ home }) => home !== log.home);
    return checkLog(
      log.files,
      rules,
      others.flatMap(({ files }) => files),
    );
  });
  const lines = flaws.map(
    ({ path, line, code, message }) => `${oneLine(path, 200)}:${line}: ${code}: ${oneLine(message, 1_000)}\n`,
  );
  const output = format === 'json' ? json(flaws) : lines.join('');
  const count = within.reduce((sum, { files }) => sum + files.length, 0);
  const records = `${count} ${count === 1 ? 'record' : 'records'} in ${within.map(({ home }) => oneLine(home, 200)).join(', ')}`;
  const verdict = flaws.length === 0 ? 'nothing is wrong' : `${flaws.length} to mend`;
  return { exitCode: flaws.length > 0 ? 1 : 0, output, remarks: [`${records}: ${verdict}`] };
}

async function index(
  { check = false }: Extract<AdrRequest, { verb: 'index' }>,
  { top, within }: DecisionLogs,
): Promise<AdrResult> {
  const result: AdrResult = { exitCode: 0, output: '', remarks: [] };
  for (const { home, files, foreign } of within) {
    // A page that lists nothing would say that nothing was decided.
    if (files.length === 0 && foreign.length > 0) continue;
    const path = `${home}/README.md`;
    const existing = await readFile(join(top, path), 'utf8').catch(() => null);
    const text = writeIndex(files, existing);
    if (text === existing) result.remarks.push(`${path} is up to date`);
    else if (check) {
      result.exitCode = 1;
      result.remarks.push(`${path} is out of date: composure adr index`);
    } else {
      await mkdir(join(top, home), { recursive: true });
      await writeFile(join(top, path), text);
      result.output += `${path}\n`;
    }
  }
  return result;
}

function json(value: unknown): string {
  return `${JSON.stringify(value, null, 2)}\n`;
}
