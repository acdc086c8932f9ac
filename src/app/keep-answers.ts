import type { OwnComment } from '../github/read.ts';
import type { SpokenText } from '../github/spoken-texts.ts';
import type { Item, ItemMemory, Review } from '../model/review.ts';
import { mayDo, roleOf } from '../model/rights.ts';
import { type CommentRecord, nameVersion } from '../render/record.ts';
import { type Command, USAGE } from './commands.ts';
import type { GivenCommand } from './ledger.ts';
import { type Answers, scopeOf } from './read-answers.ts';

/** What a command came to. */
export type Verdict = 'done' | 'refused' | 'unclear';

/** One text with commands, and what they came to, the worst of them. */
export interface Verdicts {
  text: SpokenText;
  verdict: Verdict;
}

/** Texts whose commands are remembered as answered; older ones are known by our reaction. */
const MAX_HANDLED = 300;
const MAX_REFUSALS = 5;

/** What every command that was not answered before came to. */
export function judgeCommands({ unanswered, pullRequest, permissions }: Answers, review: Review): Verdicts[] {
  return unanswered.map(({ text, commands }) => {
    const verdicts = commands.map((given) =>
      verdictOn(given, review, () => {
        const permission = permissions.get(given.by.login.toLowerCase()) ?? 'none';
        return mayDo(roleOf(given.by, permission, pullRequest), 'recheck', false);
      }),
    );
    const verdict = verdicts.includes('refused') ? 'refused' : verdicts.includes('unclear') ? 'unclear' : 'done';
    return { text, verdict };
  });
}

function verdictOn({ id, command }: GivenCommand, review: Review, mayRecheck: () => boolean): Verdict {
  switch (command.verb) {
    case 'attest':
      return verdictOnAnswer(
        id,
        review.practices.flatMap(({ items }) => items),
      );
    case 'waive':
    case 'unwaive': {
      const state = review.waivers?.find(({ request }) => request.command === id)?.state;
      if (state === undefined || state === 'unknown') return 'unclear';
      return state === 'refused' ? 'refused' : 'done';
    }
    case 'recheck':
      return mayRecheck() ? 'done' : 'refused';
    case 'help':
      return 'done';
    case 'unclear':
      return 'unclear';
  }
}

function verdictOnAnswer(id: string, items: readonly Item[]): Verdict {
  for (const { state, memory } of items) {
    if (memory?.undone?.command === id) return 'refused';
    if (memory?.tick?.command === id) return state === 'attested' ? 'done' : 'unclear';
  }
  return 'unclear';
}

/** The review with what the check says of commands: what was refused on this commit, and the list of them for whoever asked. */
export function withRemarks(review: Review, answers: Answers): Review {
  const remarks = [...refusalsOf(review, answers), ...helpFor(answers.standing)];
  return remarks.length === 0 ? review : { ...review, notes: [...review.notes, ...remarks] };
}

function helpFor(commands: readonly Command[]): string[] {
  if (!commands.some(({ verb }) => verb === 'help')) return [];
  const lines = USAGE.map(({ line, does }) => `\`${line}\` to ${does}`);
  return [`Commands, one a line, in a comment or a review: ${lines.join('; ')}.`];
}

function refusalsOf(review: Review, { replay, pullRequest }: Answers): string[] {
  const earlier = replay.record?.head === pullRequest.head.sha ? replay.record.refusals : [];
  const refused = (review.waivers ?? []).filter(({ state }) => state === 'refused');
  // Short, and no word on how to come by the right.
  const now = refused.map(
    ({ request: { verb, practice, by } }) =>
      `\`/composure ${verb} ${practice}\` by @${by.login} was refused: it is not theirs to give.`,
  );
  return [...new Set([...earlier, ...now])].slice(-MAX_REFUSALS);
}

/**
 * The record of what counts now. `stamp` tells which text it is written on top of: to compare what is there with what
 * should be, take the stamp of what is there.
 */
export function recordOf(review: Review, answers: Answers, stamp: Stamp): CommentRecord {
  const { pullRequest, replay, unanswered } = answers;
  const items = review.practices.flatMap((practice) =>
    practice.items.flatMap(({ id, memory }) => (memory ? [[id, memory] as const] : [])),
  );
  const granted = (review.waivers ?? []).filter(({ state }) => state === 'granted').map(({ request }) => request);
  const handled = [
    ...Object.entries(replay.record?.handled ?? {}),
    ...unanswered.map(({ text }) => [text.id, text.at] as const),
  ];
  const { comment, seen, versions } = stamp;
  return {
    ...{ scope: scopeOf(pullRequest), comment, seen },
    ...(versions !== undefined && { versions }),
    head: pullRequest.head.sha,
    items: Object.fromEntries([...restingItems(replay.record, review), ...items]),
    waivers: granted.flatMap((request) => (request.verb === 'waive' ? [{ ...request, verb: 'waive' as const }] : [])),
    handled: Object.fromEntries(handled.sort(([, one], [, other]) => (one < other ? 1 : -1)).slice(0, MAX_HANDLED)),
    refusals: refusalsOf(review, answers),
  };
}

/** Answers to items that are not asked at the moment: a push may bring them back, and then they still hold. */
function restingItems(record: CommentRecord | null, { practices }: Review): [string, ItemMemory][] {
  const asked = new Set(practices.flatMap(({ items }) => items.map(({ id }) => id)));
  return Object.entries(record?.items ?? {}).filter(([id, { tick }]) => !asked.has(id) && tick !== null);
}

/** Which text a record is written on top of. */
export type Stamp = Pick<CommentRecord, 'comment' | 'seen' | 'versions'>;

/** The stamp of a comment as it stands; that of a text still to be written on top of it. */
export function stampsFor(
  comment: OwnComment | null,
  { replay, versions }: Answers,
): Record<'present' | 'fresh', Stamp> {
  const fresh = {
    comment: comment?.id ?? null,
    seen: comment ? nameVersion(comment.body, comment.editedAt ?? comment.createdAt) : null,
    ...(versions !== null && { versions }),
  };
  return { present: replay.record ?? fresh, fresh };
}
