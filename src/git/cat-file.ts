import type { ChildProcessWithoutNullStreams } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { complaintOf, GitNotFound, MAX_COMPLAINT } from './git.ts';

/** What git says of one object. `content` is `null` where it was only described, or has more bytes than were wanted. */
export type ObjectAnswer =
  | { state: 'found'; id: string; type: string; bytes: number; content: Buffer | null }
  | { state: 'absent' }
  | { state: 'unavailable'; cause: string };

/** Starts git with these arguments, ready to be written to. */
export type StartGit = (args: readonly string[]) => ChildProcessWithoutNullStreams;

/** Without `-z` (git 2.38) a question is a line: only ids may be asked for, never a path or a name of somebody's choosing. */
const NAME = /^[0-9a-f]{40,64}(?:\^1)?(?:\^\{tree\})?$/;

const ALL_IN_ONE = '--batch-command';

/** What each question takes where git is older than 2.36 and does not know `--batch-command`. */
const ONE_EACH = { info: '--batch-check', contents: '--batch' } as const;

/** So often git may die of an object and be started again; a store full of broken ones is not worth more. */
const MAX_DEATHS = 10;

/**
 * A lasting conversation with `git cat-file`: one process for all objects, started by the first question. Whoever opens
 * one ends it. Questions may be asked at the same time; they are written together and answered in their order.
 */
export class CatFile {
  readonly #start: StartGit;
  readonly #conversations = new Map<string, Conversation>();
  #isOld = false;
  #deaths = 0;
  #ended = false;

  constructor(start: StartGit) {
    this.#start = start;
  }

  /** Type and size of an object, by its id; the id may be followed by `^1` and `^{tree}`. */
  describe(name: string): Promise<ObjectAnswer> {
    return this.#ask('info', name, 0);
  }

  /** The same with its content. What is larger than so many bytes is passed over, not held. */
  read(name: string, maxBytes: number): Promise<ObjectAnswer> {
    return this.#ask('contents', name, maxBytes);
  }

  /** Ends git, whatever it was about to say. Nothing can be asked afterwards. */
  async end(): Promise<void> {
    this.#ended = true;
    await Promise.all([...this.#conversations.values()].map((conversation) => conversation.end()));
  }

  async #ask(command: Command, name: string, maxBytes: number): Promise<ObjectAnswer> {
    if (!NAME.test(name)) throw new Error(`Not the id of an object: ${JSON.stringify(name)}`);
    for (;;) {
      if (this.#ended) return { state: 'unavailable', cause: 'git was ended' };
      if (this.#deaths >= MAX_DEATHS) return { state: 'unavailable', cause: 'too much of the repository is broken' };
      const conversation = this.#converse(this.#isOld ? ONE_EACH[command] : ALL_IN_ONE);
      const answer = await conversation.ask({ command, name, maxBytes });
      if (answer !== 'unanswered') return answer;
    }
  }

  #converse(option: string): Conversation {
    const running = this.#conversations.get(option);
    if (running) return running;
    const conversation = new Conversation(option, this.#start(['cat-file', option]), (isRefused) => {
      if (this.#conversations.get(option) === conversation) this.#conversations.delete(option);
      if (isRefused && option === ALL_IN_ONE) this.#isOld = true;
      else this.#deaths++;
    });
    this.#conversations.set(option, conversation);
    return conversation;
  }
}

type Command = keyof typeof ONE_EACH;

interface Question {
  command: Command;
  name: string;
  maxBytes: number;
}

interface Waiting extends Question {
  resolve(answer: ObjectAnswer | 'unanswered'): void;
  reject(error: Error): void;
}

/** An object whose content is on its way. */
interface Incoming {
  answer: ObjectAnswer;
  /** What has come of it, as far as it is wanted. */
  parts: Buffer[];
  length: number;
}

/** The exit status with which git refuses an option. */
const WRONG_USE = 129;

const NEWLINE = 0x0a;

/** One process, as long as it lives. Where it dies, the question it died of has its complaint, the rest none. */
class Conversation {
  readonly #option: string;
  readonly #child: ChildProcessWithoutNullStreams;
  readonly #closed: Promise<void>;
  readonly #waiting: Waiting[] = [];
  #answers = 0;
  /** What has come and is nothing whole yet. */
  #unread: Buffer = Buffer.alloc(0);
  #incoming: Incoming | null = null;
  /**
   * Asked for behind each content, and in no repository: the answer to it ends the content. The size alone would not
   * do: git announces what a blob says of itself and hands over what there is, and we would wait for the rest for ever.
   * No content can hold it, as nobody knows it beforehand; and with `.lock` at its end git looks it up nowhere.
   */
  readonly #mark = `${randomUUID()}.lock`;
  readonly #end = Buffer.from(`${this.#mark} missing\n`);

  constructor(option: string, child: ChildProcessWithoutNullStreams, onEnd: (isRefused: boolean) => void) {
    this.#option = option;
    this.#child = child;
    let stderr = '';
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      if (stderr.length < MAX_COMPLAINT) stderr = (stderr + text).slice(0, MAX_COMPLAINT);
    });
    child.stdout.on('data', (chunk: Buffer) => this.#take(chunk));
    // Git may end before it has read everything; its status says so, and a broken pipe adds nothing.
    child.stdin.on('error', () => {});
    let failure: GitNotFound | undefined;
    child.on('error', (cause) => {
      failure = new GitNotFound('git could not be started', { cause });
    });
    this.#closed = new Promise((resolve) => {
      child.on('close', (status) => {
        const isRefused = status === WRONG_USE && this.#answers === 0;
        onEnd(isRefused);
        this.#bury(isRefused, stderr, failure);
        resolve();
      });
    });
  }

  ask(question: Question): Promise<ObjectAnswer | 'unanswered'> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ ...question, resolve, reject });
      const { stdin } = this.#child;
      // What is asked at the same time is written at once.
      if (stdin.writableCorked === 0) {
        stdin.cork();
        process.nextTick(() => stdin.uncork());
      }
      stdin.write(this.#lineFor(question.command, question.name));
      if (question.command === 'contents') stdin.write(this.#lineFor('info', this.#mark));
    });
  }

  #lineFor(command: Command, name: string): string {
    return this.#option === ALL_IN_ONE ? `${command} ${name}\n` : `${name}\n`;
  }

  async end(): Promise<void> {
    if (this.#waiting.length > 0) this.#child.kill();
    this.#child.stdin.end();
    await this.#closed;
  }

  #bury(isRefused: boolean, stderr: string, failure: GitNotFound | undefined): void {
    const unanswered = this.#waiting.splice(0);
    if (failure) for (const { reject } of unanswered) reject(failure);
    else if (!isRefused) unanswered.shift()?.resolve({ state: 'unavailable', cause: complaintOf(stderr) });
    for (const { resolve } of unanswered) resolve('unanswered');
  }

  #take(chunk: Buffer): void {
    this.#unread = this.#unread.length === 0 ? chunk : Buffer.concat([this.#unread, chunk]);
    while (this.#incoming ? this.#takeContent(this.#incoming) : this.#takeHeader()) {
      // Until nothing whole is left.
    }
  }

  #takeHeader(): boolean {
    const end = this.#unread.indexOf(NEWLINE);
    if (end === -1) return false;
    const answer = toAnswer(this.#unread.toString('latin1', 0, end));
    this.#unread = this.#unread.subarray(end + 1);
    if (this.#waiting[0]?.command === 'contents') this.#incoming = { answer, parts: [], length: 0 };
    else this.#answer(answer);
    return true;
  }

  #takeContent(incoming: Incoming): boolean {
    const { maxBytes = 0 } = this.#waiting[0] ?? {};
    const end = this.#unread.indexOf(this.#end);
    // The mark may have come in part.
    const own = this.#unread.subarray(0, end === -1 ? Math.max(0, this.#unread.length - this.#end.length) : end);
    incoming.length += own.length;
    if (incoming.length <= maxBytes + 1) incoming.parts.push(own);
    this.#unread = this.#unread.subarray(end === -1 ? own.length : end + this.#end.length);
    if (end === -1) return false;
    this.#incoming = null;
    this.#answer(withContent(incoming, maxBytes));
    return true;
  }

  #answer(answer: ObjectAnswer): void {
    this.#answers++;
    this.#waiting.shift()?.resolve(answer);
  }
}

/** `<id> <type> <bytes>`, or the question again with `missing` behind it. */
function toAnswer(line: string): ObjectAnswer {
  const [, id, type, size] = /^([0-9a-f]{40,64}) (\w+) (\d+)$/.exec(line) ?? [];
  if (id === undefined || type === undefined) return { state: 'absent' };
  return { state: 'found', id, type, bytes: Number(size), content: null };
}

/** A newline stands behind the content. */
function withContent({ answer, parts, length }: Incoming, maxBytes: number): ObjectAnswer {
  if (answer.state !== 'found' || answer.bytes > maxBytes) return answer;
  if (length !== answer.bytes + 1) return { state: 'unavailable', cause: 'its content is cut short' };
  return { ...answer, content: Buffer.concat(parts, answer.bytes) };
}
