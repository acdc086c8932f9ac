import type { ContentMark } from '../model/content.ts';
import type { Account, Tick, WaiverRequest } from '../model/pull-request.ts';
import type { RepositoryRole } from '../model/rights.ts';
import type { BoxAct, Replay, Writing } from '../render/history.ts';
import type { Command } from './commands.ts';

/** A command with whose it is, when and where it was given. */
export interface GivenCommand {
  /** Of the comment or review, and the command's place in it: `c12.0`. */
  id: string;
  command: Command;
  by: Account;
  /** ISO 8601, UTC. */
  at: string;
  /** The head commit a review was made on; `null` for a comment. */
  commit: string | null;
}

/** What people said and did, in the order of time, for the practices to judge. */
export interface Ledger {
  ticks: Tick[];
  waivers: WaiverRequest[];
}

/** What a ledger is made from. */
export interface Entries {
  replay: Replay;
  /** Commands that the record does not know of, oldest first. */
  commands: readonly GivenCommand[];
  /** What the repository lets somebody do. */
  permissionOf(login: string): RepositoryRole;
  /** The present head commit and when our check had answered it; `null` where it had not. */
  answered: { head: string; at: string } | null;
}

/**
 * Adds what was done since to what the record holds. Pure. A tick stands until somebody unticks the box; a command is a
 * tick that needs no box. What each was about is what we showed last before it: somebody who speaks while a push is
 * being read speaks of what they saw.
 */
export function keepLedger({ replay, commands, permissionOf, answered }: Entries): Ledger {
  const { record, acts, writings } = replay;
  const ledger: Ledger = {
    ticks: Object.values(record?.items ?? {}).flatMap(({ tick, undone }) =>
      [undone, tick].filter((one) => one !== null),
    ),
    waivers: [...(record?.waivers ?? [])],
  };
  // At the same second a command comes after what was done to boxes: it was said, not slipped.
  const steps = [
    ...acts.map((act) => ({ at: Date.parse(act.at), take: () => takeAct(ledger, act, permissionOf) })),
    ...commands.map((given) => ({
      at: Date.parse(given.at),
      take: () =>
        takeCommand(ledger, given, { permission: permissionOf(given.by.login), ...shownTo(given, writings, answered) }),
    })),
  ];
  for (const { take } of steps.toSorted((one, other) => one.at - other.at)) take();
  return ledger;
}

function takeAct(ledger: Ledger, act: BoxAct, permissionOf: Entries['permissionOf']): void {
  if (act.kind === 'untick') {
    // What was said after it stays, should the history tell of it a second time.
    const taken = (tick: Tick) => tick.item === act.item && tick.refused === undefined && tick.at <= act.at;
    ledger.ticks = ledger.ticks.filter((tick) => !taken(tick));
    return;
  }
  const { item, by, at, commit, content } = act;
  ledger.ticks.push({ item, by, permission: permissionOf(by.login), at, commit, content, command: null });
}

interface Circumstances {
  permission: RepositoryRole;
  commit: string | null;
  contents: ReadonlyMap<string, ContentMark>;
}

function takeCommand(
  ledger: Ledger,
  { id, command, by, at }: GivenCommand,
  { permission, commit, contents }: Circumstances,
): void {
  const person = { by, permission, at, commit, command: id };
  if (command.verb === 'attest') {
    const item = fullId(command.item, contents);
    const { evidence, notApplicable } = command;
    ledger.ticks.push({
      ...{ item, ...person, content: contents.get(item) ?? null },
      ...(evidence !== undefined && { evidence }),
      ...(notApplicable !== undefined && { notApplicable }),
    });
  } else if (command.verb === 'waive') {
    const { verb, practice, reason, until } = command;
    ledger.waivers.push({ verb, practice, ...person, reason, until });
  } else if (command.verb === 'unwaive') {
    ledger.waivers.push({ verb: 'unwaive', practice: command.practice, ...person, reason: '', until: null });
  }
}

/** People may leave the list's id out where the item's alone is enough. */
export function fullId(item: string, shown: ReadonlyMap<string, unknown>): string {
  if (shown.has(item)) return item;
  const found = [...shown.keys()].filter((id) => id.endsWith(`/${item}`));
  return found.length === 1 ? (found[0] ?? item) : item;
}

/** What somebody had before them when they spoke. */
function shownTo(
  { at, commit }: GivenCommand,
  writings: readonly Writing[],
  answered: Entries['answered'],
): Omit<Circumstances, 'permission'> {
  const spoke = Date.parse(at);
  const shown =
    commit === null
      ? writings.findLast((writing) => Date.parse(writing.at) <= spoke)
      : writings.findLast((writing) => writing.head === commit);
  if (shown) return { commit: shown.head, contents: shown.contents };
  if (commit !== null) return { commit, contents: new Map() };
  // Without a comment of ours there was still our check.
  const checked = answered && Date.parse(answered.at) <= spoke ? answered.head : null;
  return { commit: checked, contents: new Map() };
}
