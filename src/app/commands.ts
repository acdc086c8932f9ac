import { topLevelLines } from '../render/boxes.ts';

/** One line that speaks to us. Everything but the verb is hostile text. */
export type Command =
  | { verb: 'attest'; item: string; evidence?: string; notApplicable?: string }
  /** `until` is ISO 8601, UTC; `null` for no end. */
  | { verb: 'waive'; practice: string; reason: string; until: string | null }
  | { verb: 'unwaive'; practice: string }
  | { verb: 'recheck' }
  | { verb: 'help' }
  /** Meant for us and not understood; `problem` is a sentence. */
  | { verb: 'unclear'; problem: string };

/** What a comment must hold somewhere to be worth a look: cheap, and never wrong in the direction that matters. */
export const MENTION = '/composure';

/** A sentence each, not a letter. */
const MAX_TEXT = 500;
/** More commands than these in one comment are noise. */
const MAX_COMMANDS = 20;

const DAY_MS = 86_400_000;
const UNITS = { h: 3_600_000, d: DAY_MS, w: 7 * DAY_MS } as const;

/** How every line is told to say it, for the answer to `help`. */
export const USAGE: readonly { line: string; does: string }[] = [
  { line: '/composure attest <item> [evidence]', does: 'vouch for an item of a checklist' },
  { line: '/composure attest <item> n/a: <reason>', does: 'say that an item does not apply here' },
  {
    line: '/composure waive <practice> <reason> [until 2026-12-31 | for 3d]',
    does: 'set a practice aside, on the record',
  },
  { line: '/composure unwaive <practice>', does: 'take that back' },
  { line: '/composure recheck', does: 'have everything looked at again' },
  { line: '/composure help', does: 'list these commands in the check' },
];

/**
 * The commands of a comment or review, in their order: one a line, at the beginning of the line, outside of code,
 * quotes and HTML. Pure; `at` is when the text was written (ISO 8601), which `for 3d` counts from.
 */
export function parseCommands(body: string, at: string): Command[] {
  if (!body.includes(MENTION)) return [];
  const commands: Command[] = [];
  for (const line of topLevelLines(body)) {
    const words = /^ {0,3}\/composure(?:[ \t]+(?<rest>.*))?$/.exec(line)?.groups;
    if (!words) continue;
    // Cut first: the patterns below are not made for a line of 60,000 spaces.
    commands.push(
      parseCommand(
        (words.rest ?? '')
          .slice(0, 2 * MAX_TEXT)
          .toWellFormed()
          .trim(),
        at,
      ),
    );
    if (commands.length === MAX_COMMANDS) break;
  }
  return commands;
}

function parseCommand(text: string, at: string): Command {
  const [, verb = '', rest = ''] = /^(\S*)\s*(.*)$/.exec(text) ?? [];
  switch (verb.toLowerCase()) {
    case 'attest':
      return parseAttest(rest);
    case 'waive':
      return parseWaive(rest, at);
    case 'unwaive':
      return nameOnly(rest) ? { verb: 'unwaive', practice: rest.toLowerCase() } : unclear('it names no practice');
    case 'recheck':
      return rest === '' ? { verb: 'recheck' } : unclear('nothing can follow it');
    case 'help':
      return { verb: 'help' };
    default:
      return unclear('there is no such command');
  }
}

function unclear(problem: string): Command {
  return { verb: 'unclear', problem };
}

function nameOnly(text: string): boolean {
  return /^[\w-]{1,60}$/.test(text);
}

function parseAttest(text: string): Command {
  const [, item = '', words = ''] = /^(\S*)\s*(.*)$/.exec(text) ?? [];
  if (item === '' || item.length > 130) return unclear('it names no item');
  const away = /^n\/a\b(?:\s*[:,-]?\s*)(?<reason>.*)$/i.exec(words)?.groups;
  if (away) {
    const reason = shorten(away.reason ?? '');
    return reason === ''
      ? unclear('`n/a:` needs a reason after it')
      : { verb: 'attest', item: item.toLowerCase(), notApplicable: reason };
  }
  const evidence = shorten(words);
  return { verb: 'attest', item: item.toLowerCase(), ...(evidence !== '' && { evidence }) };
}

function parseWaive(text: string, at: string): Command {
  const [, practice = '', words = ''] = /^(\S*)\s*(.*)$/.exec(text) ?? [];
  if (!nameOnly(practice)) return unclear('it names no practice');
  const end = /^(?<reason>.*?)(?:^|[\s,;(]+)(?:until (?<date>\S+?)|for (?<amount>\d{1,4}) ?(?<unit>[hdw]))\)?\.?$/.exec(
    words,
  )?.groups;
  const reason = shorten(end?.reason ?? words);
  if (reason === '') return unclear('it gives no reason');
  const until = end ? endOf(end, at) : null;
  if (until === 'unclear') return unclear('its end must be a day to come, such as `until 2026-12-31` or `for 3d`');
  return { verb: 'waive', practice: practice.toLowerCase(), reason, until };
}

/** A day ends at its last moment, wherever one is: UTC. */
function endOf({ date, amount, unit }: Record<string, string | undefined>, at: string): string | 'unclear' {
  const started = Date.parse(at);
  const end =
    date === undefined
      ? started + Number(amount) * UNITS[unit as keyof typeof UNITS]
      : /^\d{4}-\d{2}-\d{2}$/.test(date) && isDay(date)
        ? Date.parse(`${date}T00:00:00Z`) + DAY_MS
        : Number.NaN;
  return end > started ? new Date(end).toISOString().replace('.000Z', 'Z') : 'unclear';
}

/** `2026-02-31` is none. */
function isDay(date: string): boolean {
  const time = Date.parse(`${date}T00:00:00Z`);
  return Number.isFinite(time) && new Date(time).toISOString().startsWith(date);
}

function shorten(text: string): string {
  const trimmed = text.trim();
  return trimmed.length <= MAX_TEXT ? trimmed : `${trimmed.slice(0, MAX_TEXT - 1).toWellFormed()}…`;
}
