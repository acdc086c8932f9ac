import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import type { EvidenceSources } from '../../src/gather.ts';
import type { EvidenceRequest, Side } from '../../src/model/evidence.ts';
import { createRepository, gitIn, readLocally, temporaryFolder } from '../support/local-repository.ts';

const odd = ['a "b" c.txt', 'new\nline', 'é', '-p', '*', '\\', 'HEAD', '[x]'];

async function sourceAt(cwd: string): Promise<EvidenceSources['repository']> {
  const { repository } = await readLocally({ cwd, base: 'main', head: 'feature' });
  return repository;
}

describe('files and folders of a local repository', () => {
  let source: EvidenceSources['repository'];

  async function ask(kind: 'file' | 'folder', path: string, side: Side = 'head') {
    const [entry] = await source([{ kind, path, side }]);
    return entry?.[1];
  }

  beforeAll(async () => {
    const repository = createRepository(
      [
        { files: { shared: 'old\n', 'docs/adr/1.md': '# One\n' } },
        {
          on: 'feature',
          files: {
            ...{ shared: 'new\n', 'crlf.txt': 'a\r\n', empty: '', 'big.txt': 'x'.repeat(21 * 1024 * 1024) },
            ...{ binary: Buffer.from('a\0b'), late: Buffer.concat([Buffer.alloc(8_000, 'a'), Buffer.from([0])]) },
            ...{ link: { link: 'shared' }, run: { executable: 'x\n' }, lib: { submodule: '1'.repeat(40) } },
            ...{ 'docs/adr/2.md': '# Two\n', 'docs/adr/old/0.md': '', 'docs/link': { link: 'adr' } },
            ...Object.fromEntries(odd.map((name) => [`odd/${name}`, `${name}!`])),
          },
        },
        { files: { shared: 'moved on\n' } },
      ],
      { bare: true },
    );
    source = await sourceAt(repository.path);
  });

  it('tells the three states of the repository apart', async () => {
    expect(await ask('file', 'shared', 'base')).toEqual({ state: 'found', text: 'moved on\n' });
    expect(await ask('file', 'shared', 'merge-base')).toEqual({ state: 'found', text: 'old\n' });
    expect(await ask('file', 'shared', 'head')).toEqual({ state: 'found', text: 'new\n' });
  });

  const answers: [kind: 'file' | 'folder', path: string, answer: object][] = [
    ['file', 'crlf.txt', { state: 'found', text: 'a\r\n' }],
    ['file', 'empty', { state: 'found', text: '' }],
    ['file', 'run', { state: 'found', text: 'x\n' }],
    ['file', 'binary', { state: 'binary' }],
    ['file', 'late', { state: 'found' }],
    ['file', 'big.txt', { state: 'unavailable', cause: 'it has 22020096 bytes, more than is read' }],
    ['file', 'link', { state: 'absent' }],
    ['file', 'lib', { state: 'absent' }],
    ['file', 'docs', { state: 'absent' }],
    ['file', 'docs/link/1.md', { state: 'absent' }],
    ['folder', 'shared', { state: 'absent' }],
    ['folder', 'docs/link', { state: 'absent' }],
    ['folder', 'docs/none', { state: 'absent' }],
    [
      'folder',
      'docs/adr',
      {
        state: 'found',
        entries: [
          { name: '1.md', kind: 'file' },
          { name: '2.md', kind: 'file' },
          { name: 'old', kind: 'folder' },
        ],
      },
    ],
    ['folder', 'docs/adr/', { state: 'found' }],
    [
      'folder',
      'docs',
      {
        entries: [
          { name: 'adr', kind: 'folder' },
          { name: 'link', kind: 'other' },
        ],
      },
    ],
    ['folder', '', { state: 'found', entries: expect.arrayContaining([{ name: 'lib', kind: 'other' }]) }],
  ];

  it.each(answers)('%s %j', async (kind, path, answer) => {
    expect(await ask(kind, path)).toMatchObject(answer);
  });

  const nowhere = [
    '../shared',
    '/shared',
    ':shared',
    ':(top)shared',
    ':/',
    './shared',
    'docs/../shared',
    'docs//adr/1.md',
    'shared\0',
  ];
  it.each(['', '.', '..', 'shared/', ...nowhere])('no file %j', async (path) => {
    expect(await ask('file', path)).toEqual({ state: 'absent' });
  });

  it.each(odd)('keeps to the letter of %j', async (name) => {
    expect(await ask('file', `odd/${name}`)).toEqual({ state: 'found', text: `${name}!` });
  });

  it('answers many at once, whatever lies on the way to what', async () => {
    const requests = [
      { kind: 'folder', path: 'docs', side: 'head' },
      { kind: 'folder', path: 'docs/adr', side: 'head' },
      { kind: 'folder', path: 'docs/adr', side: 'base' },
      { kind: 'file', path: 'docs/adr/2.md', side: 'head' },
      { kind: 'file', path: 'docs/adr/2.md', side: 'base' },
      { kind: 'file', path: 'docs/adr/2.md', side: 'head' },
      ...Array.from({ length: 5_000 }, (_, n) => ({ kind: 'file', path: `${'deep/'.repeat(20)}${n}`, side: 'head' })),
    ] as Extract<EvidenceRequest, { kind: 'file' | 'folder' }>[];
    const entries = await source(requests);
    expect(entries.map(([request]) => request)).toEqual(requests);
    const states = entries.map(([, answer]) => ('state' in answer ? answer.state : null));
    expect(states.slice(0, 6)).toEqual(['found', 'found', 'found', 'found', 'absent', 'found']);
    expect(new Set(states.slice(6))).toEqual(new Set(['absent']));
  });

  it('says what a partial clone does not hold, instead of calling it absent', async () => {
    const repository = createRepository([
      { files: { big: 'x'.repeat(5_000), small: 'x\n' } },
      { on: 'feature', files: { small: 'y\n' } },
    ]);
    repository.git('config', 'uploadpack.allowFilter', 'true');
    const clone = join(temporaryFolder(), 'clone');
    repository.git('clone', '--quiet', '--bare', '--filter=blob:limit=1k', `file://${repository.path}`, clone);
    const [big, small] = await (await sourceAt(clone))([
      { kind: 'file', path: 'big', side: 'head' },
      { kind: 'file', path: 'small', side: 'head' },
    ]);
    expect(big?.[1]).toEqual({ state: 'unavailable', cause: 'this clone does not hold its content' });
    expect(small?.[1]).toEqual({ state: 'found', text: 'y\n' });
  });

  it.each([
    ['that names its objects by SHA-256', 'sha256'],
    ['that names them as ever', 'sha1'],
  ])('are found in a repository %s, in its worktrees, and in one that borrows its objects', async (_name, format) => {
    const folder = temporaryFolder('widgets');
    gitIn(folder, 'init', '--quiet', `--object-format=${format}`, '--initial-branch=main');
    mkdirSync(join(folder, 'src/deep'), { recursive: true });
    writeFileSync(join(folder, 'src/deep/a'), '1\n');
    gitIn(folder, 'add', '.');
    gitIn(folder, 'commit', '--quiet', '-m', 'Begin');
    gitIn(folder, 'branch', 'feature');
    const [worktree, borrower] = [join(temporaryFolder(), 'tree'), join(temporaryFolder(), 'borrower')];
    gitIn(folder, 'worktree', 'add', '--quiet', worktree, 'feature');
    gitIn(folder, 'clone', '--quiet', '--shared', '--bare', folder, borrower);
    for (const place of [folder, worktree, borrower]) {
      const [file, inFolder] = await (await sourceAt(place))([
        { kind: 'file', path: 'src/deep/a', side: 'head' },
        { kind: 'folder', path: 'src', side: 'merge-base' },
      ]);
      expect(file?.[1]).toEqual({ state: 'found', text: '1\n' });
      expect(inFolder?.[1]).toEqual({ state: 'found', entries: [{ name: 'deep', kind: 'folder' }] });
    }
  });
});
