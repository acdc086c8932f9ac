import { z } from 'zod';
import type { ChecklistDefinition, ChecklistProblem } from '../model/checklist.ts';
import type { ChecklistsAnswer, Evidence } from '../model/evidence.ts';
import { compileGlob } from '../model/globs.ts';
import { baseName } from '../model/package-files.ts';
import type { Account, PullRequest } from '../model/pull-request.ts';
import type { Item, Missing } from '../model/review.ts';
import { mayDo, roleOf } from '../model/rights.ts';
import { provenanceOf } from '../provenance/provenance.ts';
import { type Asked, itemNeeds, judgeItem } from './checklists/attestation.ts';
import { type Choice, type ChosenItem, chooseItems } from './checklists/choose-items.ts';
import { provenanceFacts } from './checklists/provenance-facts.ts';
import { missingCommits, missingFiles, missingLists } from './checklists/unread.ts';
import { definePractice } from './define-practice.ts';

const options = z.strictObject({
  'attest-by': z
    .enum(['reviewers'])
    .default('reviewers')
    .describe('Whose ticks count: people who wrote neither the pull request nor any of its commits.'),
  'exclude-lists': z
    .array(z.string().min(1).max(60))
    .default([])
    .describe('Ids of lists that are never asked here: the name of a file without `.md`.'),
  'max-items': z
    .int()
    .min(1)
    .max(50)
    .default(10)
    .describe('How many items are asked at most, the most specific first: short lists get read.'),
  declaration: z
    .enum(['off', 'ask', 'require'])
    .default('off')
    .describe(
      'Whether the text of a pull request has to say `AI-assisted: yes`, `no` or the tool: `ask` reminds, `require` waits for it.',
    ),
  'not-applicable': z
    .array(z.string().min(1).max(200))
    .default(['**'])
    .describe('Globs of the items (`list/item`) that may be answered with `n/a` and a reason.'),
  'when-nobody-can-attest': z
    .enum(['warn', 'block'])
    .default('warn')
    .describe(
      'What open items do where nobody but the author has write access: `warn` says so, `block` waits for ever.',
    ),
});

export const checklists = definePractice({
  id: 'checklists',
  title: 'Checklists',
  summary: 'A reviewer who did not write the change vouches for what machines cannot see.',
  options,
  presets: {
    advisory: { mode: 'warn' },
    standard: { mode: 'block' },
    strict: { mode: 'block', 'not-applicable': [], 'when-nobody-can-attest': 'block' },
  },
  judgesDependencyBots: false,
  messages: {
    'item-unattested': {
      // Not the author's violation: it is somebody else's turn.
      level: 'notice',
      text: (facts) =>
        `Nobody has vouched for this yet: "${facts.title}" (${facts.list}). ` +
        'A reviewer who wrote none of this change can tick the box in the comment of Composure, after looking.',
    },
    'item-rearmed': {
      level: 'notice',
      text: (facts) =>
        `"${facts.title}" (${facts.list}) was answered, and what was answered has changed: ${facts.note}. ` +
        'A reviewer who wrote none of this change can look again and tick the box in the comment of Composure.',
    },
    'tick-undone': {
      level: 'notice',
      text: (facts) =>
        `"${facts.title}" (${facts.list}) is still open. ${facts.note} ` +
        'A reviewer who wrote none of this change can tick the box in the comment of Composure, after looking.',
    },
    'attester-missing': {
      level: 'warning',
      text: (facts) =>
        `Nobody but the author has write access to this repository, so nobody could answer what is open here (${facts.open}). ` +
        'A second pair of eyes is what this is for: anyone with write access who wrote none of the change can answer.',
    },
    'list-invalid': {
      level: 'warning',
      text: (facts) =>
        facts.side === 'head'
          ? `As this pull request has it, this checklist could not be read after the merge: ${facts.cause} ` +
            'Until then the one on the base branch stays in force. The author can mend it here.'
          : `This checklist cannot be read: ${facts.cause} Until it is mended on the base branch nobody knows what it ` +
            'would ask of this change. Anyone who may change the base branch can mend it there.',
    },
    'declaration-missing': {
      level: 'warning',
      text: () =>
        'The text of this pull request does not say whether AI helped to write it. Reviewers look elsewhere when they ' +
        'know. The author can add a line `AI-assisted: yes`, `AI-assisted: no`, or the name of the tool.',
    },
  },

  needs(pullRequest, options, evidence) {
    const asked = choiceOf(pullRequest, options, evidence).asked.map((chosen) => toAsked(chosen, []));
    const people = asked.flatMap((item) => itemNeeds(item, pullRequest, evidence));
    const writers = asked.length > 0 && pullRequest.number !== null ? [{ kind: 'writers' } as const] : [];
    return [{ kind: 'checklists' }, ...writers, ...people];
  },

  evaluate({ pullRequest, evidence, options, finding }) {
    const answer = evidence.checklists();
    const provenance = provenanceOf(pullRequest);
    const choice = choiceOf(pullRequest, options, evidence);
    const unread: Missing[] = [];
    const asked = choice.asked.map((chosen) => toAsked(chosen, options['not-applicable']));
    const judged = asked.map((item) => judgeItem(item, pullRequest, evidence, unread));
    const items = judged.map((item, index) => (asked[index]!.required ? item : { ...item, optional: true }));
    const open = items.filter((item) => item.state === 'open' && !item.optional);
    const problems = problemsInForce(answer, options);
    const proposed = (answer.proposed ?? []).flatMap((list) => list.problems);
    const undeclared = options.declaration !== 'off' && provenance.declaration.state === 'absent';
    const missing = [
      ...(answer.missing ?? []),
      ...missingLists(problems),
      ...missingFiles(offered(options, evidence), choice, pullRequest),
      ...(items.some((item) => item.state === 'attested') ? missingCommits(pullRequest) : []),
      ...unread,
    ];
    const facts = {
      items: items.map(({ id, title, state, by, at, commit }) => ({ id, title, state, by, at, commit })),
      leftOut: choice.leftOut.map(({ list, item }) => `${list.id}/${item.id}`),
      provenance: provenanceFacts(provenance),
    };
    if (items.length + proposed.length === 0 && missing.length === 0 && !undeclared) {
      return { skipped: true, summary: 'No checklist applies to these files.', facts };
    }
    const alone =
      open.length > 0 && asked.every((item) => item.attestBy.length === 0) && nobodyElse(pullRequest, evidence);
    return {
      summary: alone
        ? summarizeAlone(open.length)
        : summarize(items, open.length, choice.leftOut.length, missing.length > 0),
      facts,
      findings: [
        ...problems.map(({ path, line, message }) => finding('list-invalid', { cause: message }, { path, line })),
        ...proposed.map(({ path, line, message }) =>
          finding('list-invalid', { cause: message, side: 'head' }, { path, line, level: 'error' }),
        ),
        ...(undeclared
          ? [finding('declaration-missing', {}, { level: options.declaration === 'require' ? 'error' : 'warning' })]
          : []),
        ...(alone ? [finding('attester-missing', { open: open.length })] : []),
        ...open.map(({ id, title, list, note, memory }) => {
          const code = memory?.tick ? 'item-rearmed' : memory?.undone ? 'tick-undone' : 'item-unattested';
          return finding(code, { item: id, title, list, ...(note && { note }) });
        }),
      ],
      missing,
      waiting: open.length > 0 && !(alone && options['when-nobody-can-attest'] === 'warn'),
      items,
    };
  },
});

type Options = z.output<typeof options>;

/** The lists that may be asked here. */
function offered({ 'exclude-lists': excluded }: Options, evidence: Evidence): ChecklistDefinition[] {
  return evidence.checklists().lists.filter((list) => !excluded.includes(list.id));
}

/** The choice made last for a pull request: it is asked for in every round of evidence, and seldom changes. */
const choices = new WeakMap<PullRequest, { answer: ChecklistsAnswer; options: Options; choice: Choice }>();

function choiceOf(pullRequest: PullRequest, options: Options, evidence: Evidence): Choice {
  const answer = evidence.checklists();
  const last = choices.get(pullRequest);
  if (last?.answer === answer && last.options === options) return last.choice;
  const lists = offered(options, evidence);
  const choice = chooseItems(lists, pullRequest, provenanceOf(pullRequest), options['max-items']);
  choices.set(pullRequest, { answer, options, choice });
  return choice;
}

/** What is wrong at the base, but for lists that this very change mends. */
function problemsInForce({ problems, proposed = [] }: ChecklistsAnswer, options: Options): ChecklistProblem[] {
  const mended = new Set(proposed.filter((list) => list.problems.length === 0).map((list) => list.path));
  return problems.filter(({ path, source }) => {
    const id = baseName(path).replace(/\.md$/, '');
    return !options['exclude-lists'].includes(id) && !(source !== 'organisation' && mended.has(path));
  });
}

function summarizeAlone(open: number): string {
  const items = open === 1 ? '1 item is' : `${open} items are`;
  return `${items} open, and nobody but the author has write access here.`;
}

function summarize(items: readonly Item[], open: number, leftOut: number, incomplete: boolean): string {
  const unknown = incomplete ? ' What applies could not be read whole.' : '';
  const more = leftOut === 0 ? '' : ` ${leftOut} more would apply; the most specific are asked.`;
  if (items.length === 0) return `No checklist is known to apply.${unknown}`;
  const waiting = items.filter((item) => !item.optional).length;
  if (waiting === 0) return `Nothing has to be vouched for; what is asked may be looked at.${more}${unknown}`;
  const questions = waiting === 1 ? '1 item' : `${waiting} items`;
  if (open === 0) return `A reviewer has vouched for ${waiting === 1 ? 'the' : 'all'} ${questions}.${more}${unknown}`;
  return `${open} of ${questions} ${open === 1 ? 'waits' : 'wait'} for a reviewer who did not write the change.${more}${unknown}`;
}

/** An item as it is put to reviewers. */
function toAsked({ list, item, files, raisedBy }: ChosenItem, notApplicable: readonly string[]): Asked {
  const id = `${list.id}/${item.id}`;
  return {
    ...{ id, title: item.title, list: list.title, version: list.version ?? 1, files },
    attestBy: list.attestBy ?? [],
    needsEvidence: list.evidence === 'required',
    mayNotApply: notApplicable.some((glob) => matchesId(glob, id)),
    required: list.required ?? true,
    ...(raisedBy && { place: { path: raisedBy.path, line: raisedBy.line, because: raisedBy.because } }),
  };
}

function matchesId(glob: string, id: string): boolean {
  return compileGlob(glob, { nonegate: true, nocomment: true }).match(id);
}

/** True where everybody with write access wrote the change: then nobody could ever answer. */
function nobodyElse(pullRequest: PullRequest, evidence: Evidence): boolean {
  const writers = evidence.writers();
  if (writers.state !== 'found' || !writers.complete) return false;
  return writers.people.every(({ id, login }) => {
    const account: Account = { id, login, kind: 'user', association: 'NONE' };
    return !mayDo(roleOf(account, 'write', pullRequest), 'attest', false);
  });
}
