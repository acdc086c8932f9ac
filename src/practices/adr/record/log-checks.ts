import { baseName, folderOf } from '../../../model/package-files.ts';
import { brokenLinksOf } from '../log.ts';
import { checkRecord, type RecordRules } from './check-record.ts';
import { nextNumber, numberOf } from './homes.ts';
import { type DecisionRecord, parseRecord } from './parse.ts';

/** A record by its place. */
export interface RecordFile {
  path: string;
  text: string;
}

/** Something wrong in the decision log, at its place. */
export interface LogFlaw {
  path: string;
  line: number;
  code: string;
  /** A sentence without its subject's path. */
  message: string;
}

/**
 * Checks a whole decision log: each record, numbers that two have, and links that do not hold both ways. Links may lead to
 * `others`, the records of other logs.
 */
export function checkLog(
  files: readonly RecordFile[],
  rules: RecordRules,
  others: readonly RecordFile[] = [],
): LogFlaw[] {
  const parsed = [...files, ...others].map(({ path, text }): [string, DecisionRecord] => [path, parseRecord(text)]);
  const records = new Map(parsed);
  const flaws: LogFlaw[] = [];
  for (const [path, record] of parsed.slice(0, files.length)) {
    for (const { code, line, cause, example } of checkRecord(record, rules)) {
      flaws.push({ path, line, code, message: `${cause}. What belongs there: ${example}.` });
    }
    for (const { line, cause } of brokenLinksOf(path, record, records)) {
      flaws.push({ path, line, code: 'record-link-broken', message: `${cause}.` });
    }
    const twin = files.find(
      (other) =>
        other.path < path && folderOf(other.path) === folderOf(path) && numberOf(other.path) === numberOf(path),
    );
    if (twin && numberOf(path) !== null) {
      const next = nextNumber(files.map((one) => one.path));
      flaws.push({
        path,
        line: 1,
        code: 'record-number-taken',
        message: `has the number of ${baseName(twin.path)}. The next free number is ${next}.`,
      });
    }
  }
  return flaws.toSorted((a, b) => (a.path === b.path ? a.line - b.line : a.path < b.path ? -1 : 1));
}

/** What an index page's generated part stands between. */
const BEGIN = '<!-- composure adr index: begin -->';
const END = '<!-- composure adr index: end -->';

/** The index page of a decision log: a table of the records, and a graph of what superseded what. */
export function writeIndex(files: readonly RecordFile[], existing: string | null): string {
  const text = existing ?? '# Decisions\n\n';
  // As the page ends its lines: a checkout on Windows may have changed them all.
  const part = [BEGIN, indexPart(files), END].join('\n\n').replaceAll('\n', text.includes('\r\n') ? '\r\n' : '\n');
  const begin = text.indexOf(BEGIN);
  const end = text.indexOf(END, begin);
  // What people wrote around it is theirs.
  if (begin >= 0 && end > begin) return text.slice(0, begin) + part + text.slice(end + END.length);
  return `${text.trimEnd()}\n\n${part}\n`;
}

function indexPart(files: readonly RecordFile[]): string {
  const records = files.map(({ path, text }) => ({ path, name: baseName(path), record: parseRecord(text) }));
  const rows = records.map(
    ({ name, record, path }) =>
      `| ${numberOf(path) ?? ''} | [${cell(titleOf(record, name))}](${encodeURI(name).replace(/[()]/g, encodeURIComponent)}) | ${record.status ?? 'unknown'} | ${cell(record.date?.text ?? '')} |`,
  );
  const edges = records.flatMap(({ name, record, path }) =>
    record.links.flatMap((link) => {
      const other = records.find(
        (one) => one.path !== path && (link.name ? one.name === link.name : numberOf(one.path) === link.number),
      );
      if (!other) return [];
      return [
        link.kind === 'supersedes' ? `${idOf(other.name)} --> ${idOf(name)}` : `${idOf(name)} --> ${idOf(other.name)}`,
      ];
    }),
  );
  const inGraph = records.filter(({ name }) => edges.some((edge) => edge.split(' --> ').includes(idOf(name))));
  const nodes = inGraph.map(({ name, record }) => `${idOf(name)}["${label(titleOf(record, name))}"]`);
  const graph =
    edges.length === 0
      ? []
      : [
          'What superseded what:',
          ['```mermaid', 'graph LR', ...nodes.map(indent), ...[...new Set(edges)].map(indent), '```'].join('\n'),
        ];
  return [['| # | Decision | Status | Date |', '| ---: | --- | --- | --- |', ...rows].join('\n'), ...graph].join(
    '\n\n',
  );
}

function indent(line: string): string {
  return `  ${line}`;
}

/** A name that Mermaid takes for one word. */
function idOf(name: string): string {
  return `r_${name.replace(/\.[^.]+$/, '').replace(/[^A-Za-z0-9]/g, '_')}`;
}

/** Text in a Mermaid label: quotes end it, and the rest could be read as HTML. */
function label(text: string): string {
  return cell(text)
    .replace(/["<>&#;`\\]/g, ' ')
    .replace(/\s+/g, ' ')
    .trim();
}

/** Text in a cell of a table that stands in a file of the repository itself. */
function cell(text: string): string {
  return text
    .replace(/[\p{Cc}\p{Cf}\s]+/gu, ' ')
    .replace(/[|[\]<>\\`]/g, '\\$&')
    .slice(0, 200)
    .trim();
}

/** Nygard's layout repeats the number in the title. */
function titleOf({ title }: DecisionRecord, name: string): string {
  return title?.replace(/^(?:ADR[-_ ]*)?\d+[.:]\s*/i, '') ?? name;
}
