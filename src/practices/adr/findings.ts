import type { Finding, Item, Missing } from '../../model/review.ts';
import type { Question } from '../define-practice.ts';
import type { Coverage } from './coverage.ts';
import type { Governing } from './governing.ts';
import { boxFor, hasHuman, isWrittenByAgent } from './human.ts';
import { findBrokenLinks, findCollisions, newNumbered } from './log.ts';
import { changedRecords, isRevised, type Mention, type readCited, textAtHead } from './mentions.ts';
import type { messages } from './messages.ts';
import type { Options } from './options.ts';
import { parseRecord } from './record/parse.ts';
import { findRewriting } from './record/rewritten.ts';
import type { Trigger } from './triggers/find-triggers.ts';

/** What the practice is asked, with its own messages at hand. */
export type Asked = Question<Options, keyof typeof messages>;

/** What is wrong with the records that the description names; less grave where something else carries the change. */
export function aboutCitations(
  cited: ReturnType<typeof readCited>,
  isSatisfied: boolean,
  { options, finding }: Asked,
): Finding[] {
  const level = isSatisfied ? ('warning' as const) : ('error' as const);
  return [
    ...cited.unknown.map(({ said }) =>
      finding('citation-unknown', { citation: said, directory: options.directory }, { level }),
    ),
    ...cited.records.flatMap(({ path, shortcoming }) => {
      return shortcoming ? [finding('citation-not-accepted', { path, cause: shortcoming }, { level })] : [];
    }),
  ];
}

/** Records that are fine, and about other files. */
export function outOfScope({ elsewhere }: Coverage, first: Trigger, { finding }: Asked): Finding[] {
  return elsewhere.map(({ path, record }) =>
    finding('citation-out-of-scope', {
      path,
      affects: (record?.affects ?? []).slice(0, 5).join(', '),
      file: first.path,
    }),
  );
}

/** Records by an agent that nobody stands behind, and the box by which somebody can. */
export function aboutPeople(
  used: readonly Mention[],
  { pullRequest, evidence, options, finding }: Asked,
): { findings: Finding[]; items: Item[] } {
  if (options['agent-records'] === 'anyone') return { findings: [], items: [] };
  const alone = used.filter(
    ({ path, via, record }) =>
      via !== 'cited' && isWrittenByAgent(path, pullRequest, evidence) && !hasHuman(record, pullRequest),
  );
  const asked = alone.flatMap(({ path, record }) => {
    const file = pullRequest.files.find((one) => one.path === path);
    return file ? [{ path, record, item: boxFor(file, pullRequest) }] : [];
  });
  return {
    findings: asked
      .filter(({ item }) => item.state === 'open')
      .map(({ path, record }) => finding('record-needs-human', { path }, { path, line: record?.deciders?.line ?? 1 })),
    items: asked.map(({ item }) => item),
  };
}

/** What holds of a record whether or not anything asks for one: its number is its own, its links hold, and history stays. */
export function aboutTheLog(asked: Asked): { findings: Finding[]; missing: Missing[] } {
  const { pullRequest, evidence, options, finding } = asked;
  const findings: Finding[] = [];
  const missing: Missing[] = [];
  if (options.numbering === 'pull-request') {
    for (const { path, home, number } of newNumbered(pullRequest, options)) {
      if (pullRequest.number === null || number === pullRequest.number) continue;
      const next = `${home}/${path.slice(home.length + 1).replace(/\d+/, String(pullRequest.number).padStart(4, '0'))}`;
      findings.push(finding('record-number-taken', { path, scheme: 'pull-request', next }, { path, line: 1 }));
    }
  } else {
    const found = findCollisions(pullRequest, options, evidence);
    missing.push(...found.missing);
    for (const { path, other, pullRequest: by, next } of found.collisions) {
      const where = by === null ? 'which is there already' : `which open pull request ${by} adds`;
      findings.push(
        finding(
          'record-number-taken',
          { path, other, where, next, ...(by !== null && { pullRequest: by }) },
          { path, line: 1, ...(by !== null && { concerns: [by] }) },
        ),
      );
    }
  }
  for (const { path, line, cause } of findBrokenLinks(pullRequest, options, evidence)) {
    findings.push(finding('record-link-broken', { path, cause }, { path, line }));
  }
  for (const file of changedRecords(pullRequest, options).filter(isRevised)) {
    const before = evidence.file(file.previousPath ?? file.path, 'merge-base');
    const after = textAtHead(file, evidence);
    if (before.state === 'unavailable')
      missing.push({ what: `what the record ${file.path} said before`, cause: before.cause });
    if (before.state !== 'found' || after === null || parseRecord(before.text).status !== 'accepted') continue;
    for (const { heading, line } of findRewriting(before.text, after)) {
      const date = pullRequest.evaluatedAt.slice(0, 10);
      findings.push(finding('record-rewritten', { path: file.path, heading, date }, { path: file.path, line }));
    }
  }
  return { findings, missing };
}

/** One decision that governs what changes, and what took its place where it no longer holds. */
export function governingFinding(
  { path, title, status, by, files, successor }: Governing,
  { finding }: Asked,
): Finding {
  const place = files[0] === undefined ? {} : { path: files[0] };
  if (status === 'accepted') return finding('decision-governs', { path, title, by }, place);
  return finding('decision-superseded', { path, title, by, status, successor }, place);
}
