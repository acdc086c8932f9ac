import type { Evidence, EvidenceRequest } from '../../../model/evidence.ts';
import type { ChangedFile } from '../../../model/pull-request.ts';
import type { Missing } from '../../../model/review.ts';
import type { ChangedSource } from './lines.ts';
import type { Signal } from './signal.ts';

const FOLDER = '.github/workflows';

/** Workflows that are read for what the build may do already. */
const MAX_WORKFLOWS = 60;

/**
 * What lets a build change the code, what is released or run, or who it passes for; and the event that runs it with the
 * base's secrets on a stranger's change. To comment, or to report a state, decides nothing.
 */
const POWER =
  /^\s*-?\s*(?:permissions\s*:\s*(?<all>write-all)|(?<name>contents|id-token|packages|actions|deployments|pages|attestations)\s*:\s*write|(?<event>pull_request_target)\b)\s*:?\s*(?:#.*)?$/;

function powerOn(text: string): string | null {
  const { all, name, event } = POWER.exec(text.slice(0, 200))?.groups ?? {};
  return all ?? name ?? event ?? null;
}

const WORKFLOW = /^\.github\/workflows\/[^/]*\.ya?ml$/i;

/** The other workflows at the base, only where one of the change gets a power. */
export function ciPowerNeeds(files: readonly ChangedFile[], evidence: Evidence): EvidenceRequest[] {
  const gains = files.some(
    ({ path, hunks }) =>
      WORKFLOW.test(path) &&
      hunks.some(({ lines }) => lines.some((line) => line.startsWith('+') && powerOn(line.slice(1)) !== null)),
  );
  return gains ? [{ kind: 'folder', path: FOLDER, side: 'base' }, ...workflowsIn(evidence)] : [];
}

function workflowsIn(evidence: Evidence): Extract<EvidenceRequest, { kind: 'file' }>[] {
  const folder = evidence.folder(FOLDER, 'base');
  if (folder.state !== 'found') return [];
  return folder.entries
    .filter(({ name, kind }) => kind === 'file' && /\.ya?ml$/.test(name))
    .slice(0, MAX_WORKFLOWS)
    .map(({ name }) => ({ kind: 'file', path: `${FOLDER}/${name}`, side: 'base' }));
}

/** A power that a workflow gets, with the line that gives it. */
export interface GainedPower {
  power: string;
  path: string;
  line: number;
}

/** The powers that a file gives to the build; none where it is no workflow. */
export function readCiPowers({ file, added }: ChangedSource): GainedPower[] {
  if (!WORKFLOW.test(file.path)) return [];
  return added.flatMap(({ text, line }) => {
    const power = powerOn(text);
    return power === null ? [] : [{ power, path: file.path, line }];
  });
}

/** What the powers that workflows get amount to: one that no workflow had is a decision, the tenth of a kind is routine. */
export function findCiPowers(
  gained: readonly GainedPower[],
  evidence: Evidence,
): { signals: Signal[]; missing: Missing[] } {
  if (gained.length === 0) return { signals: [], missing: [] };
  const folder = evidence.folder(FOLDER, 'base');
  const missing: Missing[] =
    folder.state === 'unavailable' ? [{ what: `the folder ${FOLDER}`, cause: folder.cause }] : [];
  const held = new Set<string>();
  for (const { path } of workflowsIn(evidence)) {
    const answer = evidence.file(path, 'base');
    if (answer.state === 'unavailable') missing.push({ what: `the workflow ${path}`, cause: answer.cause });
    if (answer.state !== 'found') continue;
    for (const line of answer.text.split('\n')) held.add(powerOn(line) ?? '');
  }
  const signals = gained.map(({ power, path, line }): Signal => {
    const trigger = held.has(power) || held.has('write-all') ? 'ci-permissions-again' : 'ci-permissions';
    return { trigger, path, line, because: `what the continuous integration is allowed to do (${power})` };
  });
  return { signals, missing };
}
