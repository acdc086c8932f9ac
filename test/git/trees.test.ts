import { execFileSync } from 'node:child_process';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import { type LentObjects, lendObjects } from '../../src/git/objects.ts';
import { findRepository } from '../../src/git/repository.ts';
import { Trees } from '../../src/git/trees.ts';
import { createRepository, isolated, type TestRepository } from '../support/local-repository.ts';

const lent: LentObjects[] = [];
afterAll(() => Promise.all(lent.map((objects) => objects.close())));

async function objectsOf(path: string): Promise<LentObjects> {
  const found = await findRepository(path, isolated);
  if (!found.ok) throw new Error(found.message);
  const objects = await lendObjects(found.repository);
  lent.push(objects);
  return objects;
}

/** A commit whose root is these bytes, whatever they are. */
function commitOf({ path }: TestRepository, tree: Buffer): string {
  const input = ['hash-object', '-w', '-t', 'tree', '--literally', '--stdin'];
  const id = execFileSync('git', input, { cwd: path, env: isolated, input: tree, encoding: 'utf8' }).trim();
  const commit = `tree ${id}\nauthor A <a@b> 0 +0000\ncommitter A <a@b> 0 +0000\n\nx\n`;
  const hash = ['hash-object', '-w', '-t', 'commit', '--literally', '--stdin'];
  return execFileSync('git', hash, { cwd: path, env: isolated, input: commit, encoding: 'utf8' }).trim();
}

describe('Trees', () => {
  it('find at every path what git lists there', { timeout: 60_000 }, async () => {
    const name = fc.constantFrom('a', 'b', 'é', ' ', '-p', '*', 'a\nb', ':x', '"', '[x]', 'HEAD', 'A');
    const path = fc.array(name, { minLength: 1, maxLength: 4 }).map((parts) => parts.join('/'));
    await fc.assert(
      fc.asyncProperty(fc.uniqueArray(path, { minLength: 1, maxLength: 12 }), fc.array(path), async (paths, others) => {
        const files = paths.filter((one) => !paths.some((other) => other !== one && one.startsWith(`${other}/`)));
        const { path: cwd, git } = createRepository([{ files: Object.fromEntries(files.map((one) => [one, one])) }], {
          bare: true,
        });
        const { trees } = await objectsOf(cwd);
        const head = git('rev-parse', 'HEAD').trim();
        const listed = new Map(
          git('ls-tree', '-r', '-t', '-z', 'HEAD')
            .split('\0')
            .slice(0, -1)
            .map((line) => {
              const [entry = '', at = ''] = line.split('\t');
              const [, type, id] = entry.split(' ');
              return [at, { kind: type === 'tree' ? 'folder' : 'file', id }];
            }),
        );
        for (const one of [...listed.keys(), ...others, 'nowhere', `${files[0]}/below`]) {
          const expected = listed.get(one);
          const found = await trees.find(head, one);
          if (expected) expect(found).toMatchObject(expected);
          else expect(found).toBeNull();
        }
      }),
      { numRuns: 20 },
    );
  });

  it('tell names apart that are no UTF-8 and would be written alike', async () => {
    const repository = createRepository([{ files: { a: '1\n' } }]);
    const id = Buffer.from(repository.git('rev-parse', 'HEAD:a').trim(), 'hex');
    const entry = (bytes: number[]) => Buffer.concat([Buffer.from('100644 '), Buffer.from([...bytes, 0]), id]);
    const commit = commitOf(repository, Buffer.concat([entry([0xff]), entry([0xfe])]));
    const { trees } = await objectsOf(repository.path);
    expect(await trees.rootChildren(commit)).toMatchObject([{ name: '\ufffd' }, { name: '\ufffd' }]);
    expect(await trees.find(commit, '\ufffd')).toBeNull();
  });

  const repository = createRepository([{ files: { a: '1\n', 'b/c': '2\n' } }]);
  const whole = execFileSync('git', ['cat-file', 'tree', 'HEAD'], { cwd: repository.path, env: isolated });
  const broken: [name: string, tree: Buffer][] = [
    ['an id cut short', whole.subarray(0, -1)],
    ['no id', Buffer.from('100644 a\0')],
    ['no end of the name', Buffer.from('100644 abc')],
    ['no name', Buffer.from('100644')],
    ['nothing of a tree', Buffer.alloc(500, 'x')],
  ];
  it.each(broken)('call unavailable what is broken: %s', async (_name, tree) => {
    const commit = commitOf(repository, tree);
    const { trees } = await objectsOf(repository.path);
    expect(await trees.find(commit, 'a')).toEqual({ unavailable: expect.any(String) });
    expect(await trees.rootChildren(commit)).toEqual({ unavailable: expect.any(String) });
  });

  it('call unavailable what lies below a folder that is none, or is not here, and nothing else', async () => {
    const { path, git } = createRepository([{ files: { a: '1\n', 'b/c': '2\n', 'd/e': '3\n' } }]);
    const head = git('rev-parse', 'HEAD').trim();
    const lacking = git('rev-parse', 'HEAD:b').trim();
    rmSync(join(path, '.git', 'objects', lacking.slice(0, 2), lacking.slice(2)));
    const { trees } = await objectsOf(path);
    expect(await trees.find(head, 'b/c')).toEqual({ unavailable: 'this clone does not hold the folder it stands in' });
    expect(await trees.find(head, 'b')).toEqual({ kind: 'folder', id: lacking, name: 'b' });
    expect(await trees.find(head, 'd/e')).toMatchObject({ kind: 'file' });
    expect(await trees.find('1'.repeat(40), 'a')).toMatchObject({ unavailable: expect.any(String) });

    const blob = Buffer.from(git('rev-parse', 'HEAD:a').trim(), 'hex');
    const commit = commitOf({ path, git }, Buffer.concat([Buffer.from('40000 a\0'), blob]));
    expect(await trees.find(commit, 'a/b')).toEqual({ unavailable: 'git cannot read the folder it stands in' });
  });

  it('are read once, until others push them out', async () => {
    const { path, git } = createRepository([{ files: { 'a/x': '1\n', 'b/x': '2\n', 'c/x': '3\n' } }]);
    const head = git('rev-parse', 'HEAD').trim();
    const { catFile } = await objectsOf(path);
    const reads: string[] = [];
    const counting = {
      read(name: string, maxBytes: number) {
        reads.push(name);
        return catFile.read(name, maxBytes);
      },
    };
    const plenty = new Trees(counting);
    await Promise.all(['a/x', 'a/x', 'b/x', 'a/y'].map((one) => plenty.find(head, one)));
    await plenty.find(head, 'a/x');
    expect(reads).toHaveLength(3);

    reads.length = 0;
    const few = new Trees(counting, 400);
    for (const one of ['a/x', 'b/x', 'c/x', 'c/x', 'a/x']) await few.find(head, one);
    // The root is wanted each time, and stays; the others make room for one another.
    expect(reads).toEqual([
      `${head}^{tree}`,
      ...['a', 'b', 'c', 'a'].map((one) => git('rev-parse', `HEAD:${one}`).trim()),
    ]);
  });
});
