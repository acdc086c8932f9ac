import { setTimeout as sleep } from 'node:timers/promises';
import { styleText } from 'node:util';
import { readBoxes } from '../src/render/boxes.ts';
import type { Login } from '../test/support/github/seed.ts';
import { type OnScene, Scene } from '../test/support/scene.ts';

/** What a file of a commit becomes: a text, or `null` to take it away. */
export type Files = Record<string, string | null>;

/** Whatever the demo shows it also checks: this is thrown where the two differ. */
export class Surprise extends Error {}

/** What is told about a pull request before it is shown. */
export interface Expected {
  conclusion: string;
  /** Of the check. */
  title?: RegExp;
  /** What the comment says; `null` where there must be none. */
  comment: RegExp | null;
}

/** The scene with a narrator: says what people do, and shows what they then see. */
export class Stage {
  readonly #scene: Scene;

  constructor(scene: Scene) {
    this.#scene = scene;
  }

  /** GitHub, a registry that has these packages, and the app: all on this machine. */
  static async open(packages: Record<string, { versions: string[] }>): Promise<Stage> {
    return new Stage(await Scene.open({ packages }));
  }

  async close(): Promise<void> {
    await this.#scene.harness.stop();
  }

  /** What the base branch holds, and the ruleset that requires our check. */
  async prepare(files: Files): Promise<void> {
    await this.#scene.prepare(files);
    await this.#scene.requireCheck();
  }

  announce(title: string): void {
    print(`\n${styleText(['bold', 'inverse'], ` ${title} `)}`);
  }

  say(text: string): void {
    print(`\n${styleText('cyan', '▸')} ${text}`);
  }

  async open(who: Login, change: { branch: string; title: string; files: Files }): Promise<OnScene> {
    this.say(`${who} opens “${change.title}”`);
    return this.#scene.open(who, change);
  }

  async push(who: Login, on: OnScene, message: string, files: Files): Promise<void> {
    this.say(`${who} pushes “${message}”`);
    await this.#scene.push(who, on, files, message);
  }

  async tickAll(who: Login, on: OnScene): Promise<void> {
    this.say(`${who} ticks the boxes of #${on.number}`);
    await this.#scene.tick(who, on);
  }

  /** Shows check and comment as a person reads them, and checks what is told about them. */
  async show(on: OnScene, expected: Expected): Promise<void> {
    const check = await this.#scene.check(on);
    if (!check) throw new Surprise(`#${on.number} has no check`);
    const conclusion = check.conclusion ?? check.status;
    const head = [`${sign(conclusion)} ${conclusion}`, check.title, ''];
    print(frame(`Check “Composure” on #${on.number}`, [...head, ...readable(check.summary)]));
    for (const { path, line, message } of check.annotations) {
      print(frame(`${path}, line ${line}`, [message]));
    }
    const comment = await this.#scene.comment(on);
    print(comment ? frame('Comment by composure[bot]', readable(comment.body)) : '    (no comment)');

    if (conclusion !== expected.conclusion) {
      throw new Surprise(`#${on.number}: the check should say ${expected.conclusion}, and says ${conclusion}`);
    }
    if (expected.title && !expected.title.test(check.title)) {
      throw new Surprise(`#${on.number}: the check's title should match ${expected.title}, and is “${check.title}”`);
    }
    if (expected.comment === null && comment) throw new Surprise(`#${on.number} should have no comment, and has one`);
    if (expected.comment && !expected.comment.test(comment?.body ?? '')) {
      throw new Surprise(`#${on.number}: the comment should match ${expected.comment}`);
    }
  }

  /** From now on the registry answers for this name so: an outage first, and once it is over, these versions. */
  fail(name: string, retryAfterSeconds: number, versions: string[]): void {
    const outage = { status: 503, retryAfter: String(retryAfterSeconds) };
    this.#scene.harness.registry.set(name, outage, { versions });
  }

  /** Checks that the registry was never asked for this name. */
  expectUnasked(name: string): void {
    if (this.#scene.harness.registry.requests.some((request) => request.name === name)) {
      throw new Surprise(`the registry should never have heard of ${name}`);
    }
  }

  /** Waits until the check says something else by itself; nobody does anything. */
  async awaitConclusion(on: OnScene, conclusion: string): Promise<void> {
    const deadline = Date.now() + 15_000;
    while ((await this.#scene.check(on))?.conclusion !== conclusion) {
      if (Date.now() > deadline)
        throw new Surprise(`#${on.number}: the check should have become ${conclusion} by itself`);
      await sleep(250);
    }
  }

  /** Checks how many boxes are ticked in our comment. */
  async expectTicked(on: OnScene, expected: number | 'all'): Promise<void> {
    const boxes = [...readBoxes((await this.#scene.comment(on))?.body ?? '').values()];
    const ticked = boxes.filter(Boolean).length;
    const wanted = expected === 'all' ? boxes.length : expected;
    if (boxes.length === 0 || ticked !== wanted) {
      throw new Surprise(`#${on.number}: ${wanted} of ${boxes.length} boxes should be ticked, and ${ticked} are`);
    }
  }

  /** Tries to merge, and checks what GitHub makes of it. */
  async merge(who: Login, on: OnScene, expected: 'refused' | 'merged'): Promise<void> {
    const outcome = await this.#scene.merge(who, on);
    const words = outcome === 'merged' ? styleText('green', 'merges') : styleText('red', 'refuses');
    this.say(`${who} presses “Merge”: GitHub ${words}`);
    if (outcome !== expected) throw new Surprise(`#${on.number} should be ${expected}, and is ${outcome}`);
  }
}

function print(text: string): void {
  process.stdout.write(`${text}\n`);
}

function sign(conclusion: string): string {
  if (conclusion === 'success') return styleText('green', '✓');
  return conclusion === 'failure' ? styleText('red', '✗') : styleText('yellow', '●');
}

/** Markdown as far as a terminal needs it: markers and tags away, boxes and tables as they are. */
function readable(markdown: string): string[] {
  return markdown
    .replace(/<!--[\s\S]*?-->/g, '')
    .replace(/<\/?(?:details|code|sub|kbd)>/g, '')
    .replace(/<summary>(.*?)<\/summary>/g, '▸ $1')
    .replace(/\\([!-/:-@[-`{-~])/g, '$1')
    .replace(/&#(\d+);/g, (_, code) => String.fromCodePoint(Number(code)))
    .replace(/\n{3,}/g, '\n\n')
    .trim()
    .split('\n');
}

function frame(title: string, lines: string[]): string {
  const wrapped = lines.flatMap((line) => wrap(line, 100));
  return [`  ╭─ ${styleText('bold', title)}`, ...wrapped.map((line) => `  │ ${line}`), '  ╰─'].join('\n');
}

function wrap(line: string, width: number): string[] {
  const lines: string[] = [];
  let rest = line.trimEnd();
  while (rest.length > width) {
    const space = rest.lastIndexOf(' ', width);
    const at = space > 20 ? space : width;
    lines.push(rest.slice(0, at));
    rest = `  ${rest.slice(at).trimStart()}`;
  }
  return [...lines, rest];
}
