import { randomBytes } from 'node:crypto';
import { EventEmitter } from 'node:events';
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { PassThrough } from 'node:stream';
import { deflateSync } from 'node:zlib';
import fc from 'fast-check';
import { afterEach, describe, expect, it } from 'vitest';
import { CatFile, type StartGit } from '../../src/git/cat-file.ts';
import { startGit } from '../../src/git/git.ts';
import { createRepository, isolated, type TestRepository } from '../support/local-repository.ts';
import { watchGit } from '../support/watched-git.ts';

const open: CatFile[] = [];
afterEach(() => Promise.all(open.splice(0).map((catFile) => catFile.end())));

function catFileIn(repository: TestRepository, environment: Readonly<Record<string, string>> = isolated): CatFile {
  const catFile = new CatFile((args) => startGit(args, { cwd: repository.path, environment }));
  open.push(catFile);
  return catFile;
}

const files = { a: 'one\n', b: '', c: 'with\n\0 and more\n', big: 'x'.repeat(5_000) };
const repository = createRepository([{ files }]);
const idOf = (name: string, of = repository) => of.git('rev-parse', name).trim();
const [a, b, c, big] = ['a', 'b', 'c', 'big'].map((name) => idOf(`HEAD:${name}`)) as [string, string, string, string];
const NOWHERE = '1'.repeat(40);

function overwrite(of: TestRepository, id: string, bytes: Uint8Array): void {
  const path = join(of.path, '.git', 'objects', id.slice(0, 2), id.slice(2));
  rmSync(path, { force: true });
  writeFileSync(path, bytes);
}

/** Makes of an object a tree that git begins to read, and dies of. */
function breakOff(of: TestRepository, id: string): void {
  const whole = deflateSync(Buffer.concat([Buffer.from('tree 5000\0'), randomBytes(5_000)]));
  overwrite(of, id, Buffer.concat([whole.subarray(0, 4_000), Buffer.alloc(1_000)]));
}

describe.each([
  ['git', false],
  ['a git from before 2.36', true],
])('a conversation with %s', (_name, isOld) => {
  it('answers all that is asked at once, each with its own', async () => {
    const git = watchGit({ isOld });
    const catFile = catFileIn(repository, git.environment);
    const head = idOf('HEAD');
    const answers = await Promise.all([
      catFile.describe(big),
      catFile.read(c, 100),
      catFile.describe(NOWHERE),
      catFile.read(NOWHERE, 100),
      catFile.read(big, 4_999),
      catFile.read(b, 0),
      catFile.read(a, 4),
      catFile.describe(`${head}^{tree}`),
      catFile.describe(`${head}^1^{tree}`),
    ]);
    expect(answers).toMatchObject([
      { state: 'found', id: big, type: 'blob', bytes: 5_000, content: null },
      { state: 'found', id: c, content: Buffer.from(files.c) },
      { state: 'absent' },
      { state: 'absent' },
      { state: 'found', id: big, bytes: 5_000, content: null },
      { state: 'found', id: b, content: Buffer.alloc(0) },
      { state: 'found', id: a, content: Buffer.from(files.a) },
      { state: 'found', id: idOf('HEAD^{tree}'), type: 'tree' },
      { state: 'absent' },
    ]);
    expect(git.commands()).toHaveLength(isOld ? 3 : 1);
    expect(await catFile.read(a, 4)).toMatchObject({ content: Buffer.from(files.a) });
    await catFile.end();
    expect(git.living()).toEqual([]);
    expect(await catFile.read(a, 4)).toEqual({ state: 'unavailable', cause: 'git was ended' });
  });

  it('goes on where git dies of an object, and tells which', async () => {
    const broken = createRepository([{ files }]);
    breakOff(broken, a);
    // Here git says nothing of it, and hands over what there is.
    overwrite(broken, b, deflateSync('blob 400\0cut short'));
    const catFile = catFileIn(broken, watchGit({ isOld }).environment);
    const answers = await Promise.all([big, a, b, c, b].map((id) => catFile.read(id, 10_000)));
    expect(answers).toMatchObject([
      { state: 'found', content: Buffer.from(files.big) },
      { state: 'unavailable', cause: expect.stringContaining(a) },
      { state: 'unavailable', cause: 'its content is cut short' },
      { state: 'found', content: Buffer.from(files.c) },
      { state: 'unavailable', cause: 'its content is cut short' },
    ]);
  });
});

it('gives up where too much is broken', async () => {
  const many = Object.fromEntries(Array.from({ length: 30 }, (_, index) => [`f${index}`, `${index}\n`]));
  const broken = createRepository([{ files: { ...many, a: 'one\n' } }]);
  const ids = Object.keys(many).map((name) => idOf(`HEAD:${name}`, broken));
  for (const id of ids) breakOff(broken, id);
  const git = watchGit();
  const catFile = catFileIn(broken, git.environment);
  const answers = await Promise.all([...ids, a].map((id) => catFile.read(id, 10_000)));
  expect(new Set(answers.map(({ state }) => state))).toEqual(new Set(['unavailable']));
  expect(git.commands()).toHaveLength(10);
});

it.each([
  'HEAD',
  'HEAD:a',
  '',
  `${NOWHERE}\n${NOWHERE}`,
  `${NOWHERE}:a`,
  `-${NOWHERE}`,
])('takes no name: %j', async (name) => {
  const catFile = catFileIn(repository);
  await expect(catFile.describe(name)).rejects.toThrow('Not the id of an object');
});

it('ends at once, whatever git was about to say', async () => {
  const git = watchGit();
  const catFile = catFileIn(repository, git.environment);
  const asked = Promise.all(Array.from({ length: 2_000 }, () => catFile.read(big, 10_000)));
  await catFile.describe(a);
  const more = catFile.read(big, 10_000);
  await catFile.end();
  expect(git.living()).toEqual([]);
  for (const answer of [...(await asked), await more]) expect(['found', 'unavailable']).toContain(answer.state);
});

it('throws where there is no git at all', async () => {
  const catFile = catFileIn(repository, { PATH: '/nowhere' });
  await expect(catFile.describe(a)).rejects.toThrow('git could not be started');
});

it('reads what comes in whatever pieces, and takes no content for an answer', async () => {
  const text = fc
    .array(fc.constantFrom('\n', `${a} blob 3\n`, `${a} missing\n`, '.lock missing\n', 'x', '\0'), { maxLength: 8 })
    .map((all) => all.join(''));
  const blob = fc.record({ text, lacking: fc.constantFrom(0, 0, 1, 500), isThere: fc.boolean() });
  const blobs = fc.array(blob, { minLength: 1, maxLength: 6 });
  await fc.assert(
    fc.asyncProperty(
      blobs,
      fc.integer({ min: 1, max: 60 }),
      fc.constantFrom(5, 1_000),
      async (said, piece, maxBytes) => {
        const catFile = new CatFile(saying(said, piece));
        const answers = await Promise.all(said.map(() => catFile.read(a, maxBytes)));
        await catFile.end();
        const expected = said.map(({ text, lacking, isThere }) => {
          if (!isThere) return { state: 'absent' };
          const bytes = text.length + lacking;
          if (bytes > maxBytes) return { state: 'found', bytes, content: null };
          if (lacking > 0) return { state: 'unavailable', cause: 'its content is cut short' };
          return { state: 'found', bytes, content: Buffer.from(text) };
        });
        expect(answers).toMatchObject(expected);
      },
    ),
  );
});

/** A git that has these contents, some shorter than it says, and hands over so many bytes at a time. */
function saying(blobs: readonly { text: string; lacking: number; isThere: boolean }[], piece: number): StartGit {
  return () => {
    const child = Object.assign(new EventEmitter(), {
      ...{ stdin: new PassThrough(), stdout: new PassThrough(), stderr: new PassThrough() },
      kill() {},
    });
    const left = [...blobs];
    createInterface(child.stdin)
      .on('line', (line) => {
        const [command, name] = line.split(' ');
        const blob = command === 'contents' ? left.shift() : undefined;
        const described = `${name} blob ${(blob?.text.length ?? 0) + (blob?.lacking ?? 0)}\n`;
        const output = blob?.isThere ? `${described}${blob.text}\n` : `${name} missing\n`;
        for (let at = 0; at < output.length; at += piece) child.stdout.write(output.slice(at, at + piece));
      })
      .on('close', () => child.emit('close', 0));
    return child as unknown as ReturnType<StartGit>;
  };
}
