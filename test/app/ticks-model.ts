/*
 * A model of a pull request with three items, each about a file of its own: people tick and untick, push and rebase,
 * say commands and try forgeries, while we read at one moment and write at a later one, now and then not at all. The
 * event about each edit arrives at once, later in any order, twice or never.
 * Beside it stands what ought to count, kept as a person would keep it: without history, digests or signatures.
 */
import { type GivenCommand, keepLedger } from '../../src/app/ledger.ts';
import { tickFactOf } from '../../src/app/tick-facts.ts';
import { Evidence } from '../../src/model/evidence.ts';
import type { ChangedFile } from '../../src/model/pull-request.ts';
import type { Item } from '../../src/model/review.ts';
import type { RepositoryRole } from '../../src/model/rights.ts';
import type { TickFact } from '../../src/model/tick-fact.ts';
import { judgeItem } from '../../src/practices/checklists/attestation.ts';
import { box, readBoxes } from '../../src/render/boxes.ts';
import { replayFacts } from '../../src/render/facts.ts';
import { type CommentVersion, type Replay, replayHistory } from '../../src/render/history.ts';
import { md } from '../../src/render/markdown.ts';
import { nameVersion, type SigningKeys, writeRecord } from '../../src/render/record.ts';
import { account, changedFile, pullRequest } from '../support/pull-request.ts';

const SELF = 'composure[bot]';
const KEYS: SigningKeys = ['key'];
const PLACE = { self: SELF, scope: 'acme/widgets#7', comment: 31, keys: KEYS };

export const ITEMS = ['list/a', 'list/b', 'list/c'] as const;
export type ItemId = (typeof ITEMS)[number];

/** Who acts. Alice opened the pull request; Dan may only read, and Eve has write access and is a bot, as bots may. */
export const PEOPLE = ['alice', 'bob', 'carol', 'dan', 'eve[bot]'] as const;
export type Login = (typeof PEOPLE)[number];
const PERMISSIONS: Record<Login, RepositoryRole> = {
  alice: 'admin',
  bob: 'write',
  carol: 'maintain',
  dan: 'read',
  'eve[bot]': 'write',
};
const MAY: ReadonlySet<Login> = new Set(['bob', 'carol']);

/** Seconds between any two things; what happens within ten of each other is a table in history.test.ts. */
const STEP_MS = 11_000;

/** A vouching that ought to count while the file has this version. */
interface Vouched {
  version: number;
  /** Whether the file was at this version then and has stayed there. */
  steady: boolean;
}

/** What becomes of the event about an edit. */
export const ARRIVALS = ['at once', 'late', 'twice', 'never'] as const;
export type Arrival = (typeof ARRIVALS)[number];

interface Judged {
  items: Item[];
  handled: Record<string, string>;
  head: string;
  files: Map<ItemId, number>;
  seen: string | null;
  versions: number;
  /** The deliveries that were known, which are forgotten with the writing. */
  told: Set<string>;
}

/** The world as it is, and beside it what ought to count. */
export class World {
  readonly #files = new Map<ItemId, number>(ITEMS.map((item) => [item, 0]));
  #pushes = 0;
  /** Lines above each change, which a rebase moves. */
  #above = 0;
  #now = Date.UTC(2026, 10, 20, 10);
  readonly #versions: CommentVersion[] = [];
  readonly #commands: GivenCommand[] = [];
  #underWay: Judged | null = null;
  readonly #kept = new Map<string, TickFact>();
  readonly #late: { id: string; fact: TickFact }[] = [];
  /** How often events alone explained the comment. */
  explained = 0;
  readonly #vouched = new Map<ItemId, Vouched[]>(ITEMS.map((item) => [item, []]));
  /** What each text of ours showed, and its boxes as edits left them. */
  readonly #texts = new Map<string, { files: Map<ItemId, number>; boxes: Map<string, boolean> }>();

  /** Somebody ticks an open box, or opens a ticked one. Who may not edit comments cannot. */
  toggle(who: Login, item: ItemId, arrival: Arrival = 'at once'): void {
    const body = this.#body;
    if (body === null || PERMISSIONS[who] === 'read') return;
    const line = new RegExp(`^- \\[( |x)\\](?=.*:item ${item} -->$)`, 'm');
    this.#edit(
      who,
      body.replace(line, (_, mark) => (mark === ' ' ? '- [x]' : '- [ ]')),
      arrival,
    );
  }

  /** An event that was late arrives: the newest of them first, as it happens. */
  deliver(): void {
    const event = this.#late.pop();
    if (event) this.#kept.set(event.id, event.fact);
  }

  attest(who: Login, item: ItemId): void {
    const shown = this.#versions.findLast(({ editor }) => editor?.login === SELF)?.body;
    const at = this.#pass();
    const id = `c${this.#commands.length}.0`;
    this.#commands.push({ id, by: account(who), at, commit: null, command: { verb: 'attest', item } });
    if (shown) this.#vouch(who, item, this.#texts.get(skeleton(shown))?.files.get(item));
  }

  push(item: ItemId, by: 1 | -1): void {
    this.#files.set(item, Math.max(0, (this.#files.get(item) ?? 0) + by));
    this.#pushes++;
    for (const one of this.#vouched.get(item) ?? []) one.steady &&= one.version === this.#files.get(item);
  }

  rebase(): void {
    this.#above = (this.#above + 7) % 28;
    this.#pushes++;
  }

  /** We look, and will write later what we saw. */
  read(): void {
    this.#underWay = this.#judge();
  }

  /** We write what we saw, however much has happened since; or crash before, where nothing was read. */
  write(): void {
    if (this.#underWay) this.#publish(this.#underWay);
    this.#underWay = null;
  }

  /** Somebody pastes the oldest text of ours over the comment. */
  bringBackTheOldest(who: Login): void {
    const oldest = this.#versions.find(({ editor }) => editor?.login === SELF)?.body;
    if (oldest && PERMISSIONS[who] !== 'read') this.#edit(who, oldest);
  }

  /** Somebody says something else in an item's place and ticks it all. */
  reword(who: Login): void {
    if (this.#body && PERMISSIONS[who] !== 'read') {
      this.#edit(who, this.#body.replace('Words', 'Other words').replaceAll('- [ ]', '- [x]'));
    }
  }

  /** What is wrong with an evaluation made now; empty when all is as it ought to be. */
  faults(): string[] {
    const { items } = this.#judge();
    return ITEMS.flatMap((item, index) => {
      const attested = items[index]?.state === 'attested';
      const version = this.#files.get(item);
      const vouched = this.#vouched.get(item) ?? [];
      if (attested && !vouched.some((one) => one.version === version))
        return [`${item} counts, and nobody vouches for it`];
      if (!attested && vouched.some((one) => one.steady && one.version === version))
        return [`${item} was vouched for, and is lost`];
      return [];
    });
  }

  get #body(): string | null {
    return this.#versions.at(-1)?.body ?? null;
  }

  #pass(): string {
    this.#now += STEP_MS;
    return new Date(this.#now).toISOString().replace('.000Z', 'Z');
  }

  #vouch(who: Login, item: ItemId, version: number | undefined): void {
    if (version === undefined || !MAY.has(who)) return;
    this.#vouched.get(item)?.push({ version, steady: version === this.#files.get(item) });
  }

  #edit(who: Login, body: string, arrival: Arrival = 'at once'): void {
    const before = this.#body;
    if (before === null || body === before) return;
    const at = this.#pass();
    this.#versions.push({ editor: account(who), at, body });
    this.#report(who, { before, body, at }, arrival);
    const text = this.#texts.get(skeleton(body));
    if (!text) return;
    for (const item of ITEMS) {
      const ticked = readBoxes(body).get(item) ?? false;
      if (ticked === text.boxes.get(item)) continue;
      text.boxes.set(item, ticked);
      if (ticked) this.#vouch(who, item, text.files.get(item));
      else this.#vouched.set(item, []);
    }
  }

  #report(who: Login, { before, body, at }: { before: string; body: string; at: string }, arrival: Arrival): void {
    const { id, login } = account(who);
    const fact = tickFactOf(
      {
        comment: { id: PLACE.comment, body, updated_at: at, user: { login: SELF, type: 'Bot' } },
        changes: { body: { from: before } },
        sender: { id: id ?? 1, login, type: who.endsWith('[bot]') ? 'Bot' : 'User' },
      },
      { botLogin: SELF, now: this.#now },
    );
    const event = { id: `delivery ${this.#versions.length}`, fact };
    if (!fact || arrival === 'never') return;
    if (arrival !== 'late') this.#kept.set(event.id, fact);
    if (arrival !== 'at once') this.#late.push({ ...event, fact });
  }

  #replay(): Replay {
    const history = () => replayHistory({ versions: this.#versions, fromTheStart: true }, PLACE);
    const newest = this.#versions.at(-1);
    if (!newest?.body) return history();
    const standing = { body: newest.body, writtenBy: newest.editor?.login ?? '', writtenAt: newest.at };
    const told = replayFacts({ ...standing, versions: this.#versions.length }, [...this.#kept.values()], PLACE);
    if (!told) return history();
    this.explained++;
    // A command that was given with an older text in view takes the history, as in production.
    const shownAt = told.writings[0]?.at ?? '';
    const unanswered = this.#commands.filter(({ id, at }) => told.record?.handled[id] !== at);
    return unanswered.every(({ at }) => at >= shownAt) ? told : history();
  }

  #judge(): Judged {
    const replay = this.#replay();
    const known = replay.record?.handled ?? {};
    const commands = this.#commands.filter(({ id, at }) => known[id] !== at);
    const permissionOf = (login: string) => PERMISSIONS[login as Login];
    const ledger = keepLedger({ replay, commands, permissionOf, answered: null });
    const head = this.#pushes.toString(16).padStart(40, '0');
    const files = ITEMS.map((item) => fileOf(item, this.#files.get(item) ?? 0, this.#above));
    const change = { ...pullRequest({ head: { branch: 'b', sha: head, fromFork: false }, files }), ...ledger };
    const items = ITEMS.map((id, index) => {
      const about = { id, title: 'Words', list: 'List', version: 1, files: files.slice(index, index + 1) };
      return judgeItem(
        { ...about, attestBy: [], needsEvidence: false, mayNotApply: true, required: true },
        change,
        new Evidence(),
        [],
      );
    });
    const last = this.#versions.at(-1);
    const seen = last?.body ? nameVersion(last.body, last.at) : null;
    const handled = Object.fromEntries([...Object.entries(known), ...commands.map(({ id, at }) => [id, at])]);
    const told = new Set(this.#kept.keys());
    return { items, handled, head, files: new Map(this.#files), seen, versions: this.#versions.length, told };
  }

  #publish({ items, handled, head, files, seen, versions, told }: Judged): void {
    const record = writeRecord(
      {
        ...{ scope: PLACE.scope, comment: this.#versions.length === 0 ? null : PLACE.comment, head },
        ...{ seen, versions },
        items: Object.fromEntries(items.flatMap(({ id, memory }) => (memory ? [[id, memory]] : []))),
        ...{ waivers: [], handled, refusals: [] },
      },
      KEYS,
    );
    const boxes = items.map(({ id, state }) => box(id, state === 'attested', md`Words`));
    const body = ['<!-- composure -->', '', ...boxes, '', record].join('\n');
    if (body === this.#body) return;
    for (const id of told) this.#kept.delete(id);
    this.#versions.push({ editor: account(SELF), at: this.#pass(), body });
    this.#texts.set(skeleton(body), { files, boxes: readBoxes(body) });
  }
}

/** A text of ours without its ticks, in the model's own way. */
function skeleton(body: string): string {
  return body.replaceAll('- [x]', '- [ ]');
}

const made = new Map<string, ChangedFile>();

function fileOf(item: ItemId, version: number, above: number): ChangedFile {
  const path = `src/${item.slice(-1)}.ts`;
  const key = `${path} ${version} ${above}`;
  const context = Array.from({ length: 10 + above }, (_, line) => `line ${line}\n`).join('');
  const file = made.get(key) ?? changedFile(path, `${context}old\nend\n`, `${context}version ${version}\nend\n`);
  made.set(key, file);
  return file;
}
