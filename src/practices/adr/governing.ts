import { Minimatch } from 'minimatch';
import { baseName } from '../../model/package-files.ts';
import type { PullRequest } from '../../model/pull-request.ts';
import type { LoggedRecord } from './log.ts';
import { numberOf } from './record/homes.ts';
import { targetOf } from './record/links.ts';
import type { RecordStatus } from './record/status.ts';

/** A decision that is about files of the change. */
export interface Governing {
  path: string;
  title: string;
  status: RecordStatus | null;
  /** The files of the change it is about. */
  files: string[];
  /** Its line about these files, as written: a glob or a path. */
  by: string;
  /** The record that took its place; `null` where it still stands, or nobody says. */
  successor: string | null;
}

/** More would be a list of everything, which nobody reads. */
const MAX_GOVERNING = 5;

/** The decisions that govern the changed files, most specific first, at most five. Proposed and rejected ones govern nothing. */
export function findGoverning(
  { files }: PullRequest,
  log: readonly LoggedRecord[],
  isRecord: (path: string) => boolean,
): Governing[] {
  const paths = files
    .filter(({ path }) => !isRecord(path))
    .flatMap(({ path, previousPath }) => (previousPath === undefined ? [path] : [path, previousPath]));
  const found = log.flatMap((logged): (Governing & { weight: number })[] => {
    const { record, path } = logged;
    if (record.status !== 'accepted' && record.status !== 'superseded' && record.status !== 'deprecated') return [];
    const best = bestMatch(logged, paths);
    if (!best) return [];
    const successor = record.status === 'accepted' ? null : successorOf(logged, log);
    return [{ path, title: record.title ?? baseName(path), status: record.status, ...best, successor }];
  });
  return found
    .toSorted((a, b) => b.weight - a.weight || (numberOf(b.path) ?? 0) - (numberOf(a.path) ?? 0))
    .slice(0, MAX_GOVERNING)
    .map(({ weight, ...governing }) => governing);
}

function bestMatch(
  { record, text }: LoggedRecord,
  paths: readonly string[],
): { files: string[]; by: string; weight: number } | null {
  const claims =
    record.affects.length > 0
      ? record.affects.map((glob) => claimOf(glob))
      : linksIn(text).map((link) => claimOf(link));
  const matching = claims
    .map((claim) => ({ ...claim, files: paths.filter((path) => claim.matches(path)) }))
    .filter((claim) => claim.files.length > 0)
    .toSorted((a, b) => b.weight - a.weight);
  const [best] = matching;
  if (!best) return null;
  return { by: best.by, weight: best.weight, files: [...new Set(matching.flatMap((claim) => claim.files))].toSorted() };
}

interface Claim {
  by: string;
  /** How much of a path it spells out. */
  weight: number;
  matches(path: string): boolean;
}

function claimOf(by: string): Claim {
  const glob = new Minimatch(by.endsWith('/') ? `${by}**` : by, { dot: true, nocomment: true, nonegate: true });
  const spelled = by.split('/').filter((part) => part !== '' && !/[*?{[]/.test(part)).length;
  return { by, weight: spelled, matches: (path) => glob.match(path) };
}

/** Paths of the repository that a record links to or names as code: `[pool](../../src/db/pool.ts)`, `src/db/pool.ts`. */
function linksIn(text: string): string[] {
  const found = [
    ...text.slice(0, 60_000).matchAll(/\]\(\s*<?((?:\.{0,2}\/)?[\w.@/-]+)>?\s*\)|`([\w.@-]+(?:\/[\w.@*-]+)+\/?)`/g),
  ];
  const paths = found.map(([, link, code]) => (link ?? code ?? '').replace(/^(?:\.{0,2}\/)+/, ''));
  // A single name, or one folder alone, would match by accident.
  return [...new Set(paths)].filter((path) => path.split('/').filter(Boolean).length >= 2).slice(0, 50);
}

function successorOf({ path, record }: LoggedRecord, log: readonly LoggedRecord[]): string | null {
  const named = record.links.find((link) => link.kind === 'superseded-by');
  const paths = log.map((other) => other.path);
  const said = named && targetOf(named, path, paths);
  if (said !== undefined) return said;
  const claims = (other: LoggedRecord) =>
    other.record.links.some((link) => link.kind === 'supersedes' && targetOf(link, other.path, paths) === path);
  return log.find(claims)?.path ?? null;
}
