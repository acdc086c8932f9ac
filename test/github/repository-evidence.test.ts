import { createHash } from 'node:crypto';
import { structuredPatch } from 'diff';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CommitMemory } from '../../src/github/commit-memory.ts';
import { repositoryEvidence } from '../../src/github/repository-evidence.ts';
import type { EvidenceRequest, Side } from '../../src/model/evidence.ts';
import type { ChangedFile, PullRequest } from '../../src/model/pull-request.ts';
import { parseHunks } from '../../src/parse-hunks.ts';
import { nockGitHub } from '../support/nock-github.ts';
import { changedFile, commit, pullRequest } from '../support/pull-request.ts';
import { BASE, HEAD, WIDGETS } from './snapshot.ts';

type Node = Record<string, unknown>;
type Asked = Extract<EvidenceRequest, { kind: 'file' | 'folder' }>;

const MERGE_BASE = '3'.repeat(40);
const COMPARE = `GET /repos/acme/widgets/compare/${BASE}...${HEAD}?per_page=1`;
const CUT_SHORT = { isTruncated: true };
const github = nockGitHub();

function file(path: string, side: Side = 'head'): Asked {
  return { kind: 'file', path, side };
}

function folder(path: string, side: Side = 'head'): Asked {
  return { kind: 'folder', path, side };
}

function blob(text: string | null, overrides: Node = {}): Node {
  return { __typename: 'Blob', text, isBinary: false, isTruncated: false, ...overrides };
}

/** Expects one query for objects, and answers it from these: `<commit>:<path>` to object. */
function serve(objects: Readonly<Record<string, Node>>): void {
  github.graphql('ComposureObjects', ({ body }) => {
    const aliases = Object.entries(body).filter(([name]) => /^e\d+$/.test(name));
    const found = aliases.map(([name, expression]) => [name.replace('e', 'o'), objects[String(expression)] ?? null]);
    const commits = Object.keys(body).filter((name) => /^c\d+$/.test(name));
    const known = commits.map((name) => [name, { __typename: 'Commit' }]);
    return { data: { repository: Object.fromEntries([...known, ...found]) } };
  });
}

/** What the nth call asked for. */
function wantedIn(call: number): unknown[] {
  const body = Object.entries(github.calls[call]?.body ?? {});
  return body.filter(([name]) => /^e\d+$/.test(name)).map(([, expression]) => expression);
}

function serveMergeBase(): void {
  github.rest(COMPARE, { body: { merge_base_commit: { sha: MERGE_BASE } } });
}

/** The answers in the order of the requests. */
async function ask(
  requests: readonly Asked[],
  files: ChangedFile[] = [],
  overrides: Partial<PullRequest> = {},
  memory?: CommitMemory,
) {
  const answer = repositoryEvidence(github.client, WIDGETS, pullRequest({ files, ...overrides }), memory);
  const answers = await answer(requests);
  expect(answers.map(([request]) => request)).toEqual(requests);
  return answers.map(([, one]) => one);
}

describe('base and head', () => {
  it('asks for files and folders of all sides in one query', async () => {
    serve({
      [`${BASE}:a.ts`]: blob('at base'),
      [`${HEAD}:a.ts`]: blob('at head'),
      [`${BASE}:docs`]: {
        __typename: 'Tree',
        entries: [
          { name: 'adr', type: 'tree' },
          { name: 'a.md', type: 'blob' },
          { name: 'sub', type: 'commit' },
        ],
      },
      [`${HEAD}:`]: { __typename: 'Tree', entries: [] },
    });
    const requests = [
      file('a.ts', 'base'),
      file('a.ts'),
      file('absent.ts'),
      folder('docs', 'base'),
      folder('', 'head'),
    ];
    expect(await ask(requests)).toEqual([
      { state: 'found', text: 'at base' },
      { state: 'found', text: 'at head' },
      { state: 'absent' },
      {
        state: 'found',
        entries: [
          { name: 'adr', kind: 'folder' },
          { name: 'a.md', kind: 'file' },
          { name: 'sub', kind: 'other' },
        ],
      },
      { state: 'found', entries: [] },
    ]);
    expect(github.takeRoutes()).toEqual(['graphql ComposureObjects']);
  });

  it('asks for nothing when nothing is wanted', async () => {
    expect(await ask([])).toEqual([]);
    expect(github.takeRoutes()).toEqual([]);
  });

  it('asks for the same object once', async () => {
    serve({ [`${HEAD}:a.ts`]: blob('a') });
    await ask([file('a.ts', 'head'), file('a.ts', 'merge-base'), folder('a.ts', 'head')]);
    expect(wantedIn(0)).toEqual([`${HEAD}:a.ts`]);
  });

  it('splits many requests into several queries', async () => {
    for (let query = 0; query < 3; query++) serve({});
    const answers = await ask(Array.from({ length: 130 }, (_, index) => file(`${index}.ts`)));
    expect(answers).toEqual(Array.from({ length: 130 }, () => ({ state: 'absent' })));
    expect(github.calls.map((_, index) => wantedIn(index).length)).toEqual([60, 60, 10]);
  });

  const names = [
    '"}',
    'a"){__typename}',
    '$e0',
    '{x}',
    'a\nb',
    '\\',
    '@everyone',
    '-->',
    '\u202Eab',
    'x'.repeat(10_000),
  ];
  it.each(names)('passes %j on as a variable', async (name) => {
    serve({ [`${HEAD}:${name}`]: blob('hostile') });
    expect(await ask([file(name)])).toEqual([{ state: 'found', text: 'hostile' }]);
    expect(github.calls[0]?.body.e0).toBe(`${HEAD}:${name}`);
  });

  it.each([
    '../secret',
    '/etc/passwd',
    'a//b',
    './a',
    'a/..',
    '',
    'a\0b',
    'a/',
  ])('never asks for %j, which means something else to git', async (path) => {
    expect(await ask([file(path), file(path, 'base')])).toEqual([{ state: 'absent' }, { state: 'absent' }]);
    expect(github.takeRoutes()).toEqual([]);
  });

  const objects: { name: string; object: Node; asFile: object; asFolder: object }[] = [
    { name: 'a file', object: blob('x'), asFile: { state: 'found', text: 'x' }, asFolder: { state: 'absent' } },
    { name: 'an empty file', object: blob(''), asFile: { state: 'found', text: '' }, asFolder: { state: 'absent' } },
    {
      name: 'a binary file',
      object: blob(null, { isBinary: true }),
      asFile: { state: 'binary' },
      asFolder: { state: 'absent' },
    },
    {
      name: 'a folder',
      object: { __typename: 'Tree', entries: [] },
      asFile: { state: 'absent' },
      asFolder: { state: 'found', entries: [] },
    },
    {
      name: 'a submodule',
      object: { __typename: 'Commit' },
      asFile: { state: 'absent' },
      asFolder: { state: 'absent' },
    },
  ];
  it.each(objects)('$name, asked for as a file and as a folder', async ({ object, asFile, asFolder }) => {
    serve({ [`${HEAD}:x`]: object });
    expect(await ask([file('x'), folder('x')])).toEqual([asFile, asFolder]);
  });
});

describe('long files', () => {
  const route = (path: string, ref = HEAD) => `GET /repos/acme/widgets/contents/${path}?ref=${ref}`;
  const raw = { 'content-type': 'application/vnd.github.raw+json; charset=utf-8' };

  it.each([
    ['text', 'the whole text', raw, { state: 'found', text: 'the whole text' }],
    [
      'text that does not say so',
      'größer',
      { 'content-type': 'application/octet-stream' },
      { state: 'found', text: 'größer' },
    ],
    ['binary', 'PNG\0', raw, { state: 'binary' }],
  ])('are read raw: %s', async (_, body, headers, answer) => {
    serve({ [`${HEAD}:long.txt`]: blob('the wh', CUT_SHORT) });
    github.rest(route('long.txt'), { body, headers });
    expect(await ask([file('long.txt')])).toEqual([answer]);
    expect(github.calls[1]?.headers.accept).toContain('raw');
  });

  it('are read under their own name, whatever it looks like', async () => {
    const path = 'docs/a?ref=main#x %41/ü.md';
    serve({ [`${BASE}:${path}`]: blob(null, CUT_SHORT) });
    github.rest(route('docs%2Fa%3Fref%3Dmain%23x%20%2541%2F%C3%BC.md', BASE), { body: 'long', headers: raw });
    expect(await ask([file(path, 'base')])).toEqual([{ state: 'found', text: 'long' }]);
  });

  it.each([
    [404, { message: 'Not Found' }, { state: 'absent' }],
    [503, { message: 'Unavailable' }, { state: 'unavailable', cause: 'GitHub answered 503' }],
    [
      403,
      { message: 'Too large', errors: [{ resource: 'Blob', field: 'data', code: 'too_large' }] },
      { state: 'unavailable', cause: 'it is larger than GitHub serves' },
    ],
  ])('%i', async (status, body, answer) => {
    serve({ [`${HEAD}:long.txt`]: blob(null, CUT_SHORT) });
    github.rest(route('long.txt'), { status, body });
    expect(await ask([file('long.txt')])).toEqual([answer]);
  });

  it.each([401, 403, 429])('hand a refusal on: %i', async (status) => {
    serve({ [`${HEAD}:long.txt`]: blob(null, CUT_SHORT) });
    github.rest(route('long.txt'), { status, body: { message: 'No' } });
    await expect(ask([file('long.txt')])).rejects.toMatchObject({ status });
  });
});

describe('the merge base', () => {
  const before = 'one\ntwo\nthree\n';
  const after = 'one\nzwei\nthree\nfour\n';

  const changes: { name: string; change: ChangedFile; ask: string; objects: Record<string, Node>; answer: object }[] = [
    {
      name: 'modified: the patch taken back',
      change: changedFile('a.ts', before, after),
      ask: 'a.ts',
      objects: { [`${HEAD}:a.ts`]: blob(after) },
      answer: { state: 'found', text: before },
    },
    {
      name: 'renamed and modified, under its old name',
      change: changedFile('new.ts', before, after, { status: 'renamed', previousPath: 'old.ts' }),
      ask: 'old.ts',
      objects: { [`${HEAD}:new.ts`]: blob(after) },
      answer: { state: 'found', text: before },
    },
    {
      name: 'renamed only',
      change: changedFile('new.ts', before, before, { status: 'renamed', previousPath: 'old.ts' }),
      ask: 'old.ts',
      objects: { [`${HEAD}:new.ts`]: blob(before) },
      answer: { state: 'found', text: before },
    },
    {
      name: 'mode changed',
      change: changedFile('run.sh', before, before, { status: 'changed' }),
      ask: 'run.sh',
      objects: { [`${HEAD}:run.sh`]: blob(before) },
      answer: { state: 'found', text: before },
    },
    {
      name: 'untouched: what the head has',
      change: changedFile('other.ts', before, after),
      ask: 'a.ts',
      objects: { [`${HEAD}:a.ts`]: blob(before) },
      answer: { state: 'found', text: before },
    },
  ];
  it.each(changes)('$name', async ({ change, ask: path, objects, answer }) => {
    serve(objects);
    expect(await ask([file(path, 'merge-base')], [change])).toEqual([answer]);
    expect(github.takeRoutes()).toEqual(['graphql ComposureObjects']);
  });

  const free: { name: string; change: ChangedFile; ask: string; answer: object }[] = [
    {
      name: 'removed: the patch has it all',
      change: changedFile('a.ts', before, null),
      ask: 'a.ts',
      answer: { state: 'found', text: before },
    },
    {
      name: 'removed when empty',
      change: changedFile('a.ts', '', null, { status: 'removed' }),
      ask: 'a.ts',
      answer: { state: 'found', text: '' },
    },
    { name: 'added: not there', change: changedFile('a.ts', null, after), ask: 'a.ts', answer: { state: 'absent' } },
    {
      name: 'copied: not there under the new name',
      change: changedFile('copy.ts', before, before, { status: 'copied', previousPath: 'a.ts' }),
      ask: 'copy.ts',
      answer: { state: 'absent' },
    },
    {
      name: 'renamed: not there under the new name',
      change: changedFile('new.ts', before, after, { status: 'renamed', previousPath: 'old.ts' }),
      ask: 'new.ts',
      answer: { state: 'absent' },
    },
  ];
  it.each(free)('costs nothing: $name', async ({ change, ask: path, answer }) => {
    expect(await ask([file(path, 'merge-base')], [change])).toEqual([answer]);
    expect(github.takeRoutes()).toEqual([]);
  });

  it('is read from GitHub where a patch is missing, and found out once', async () => {
    const missing: Partial<ChangedFile> = { patch: 'missing', hunks: [] };
    const files = [changedFile('a.ts', before, after, missing), changedFile('b.ts', before, null, missing)];
    serve({ [`${HEAD}:a.ts`]: blob(after) });
    serveMergeBase();
    serve({ [`${MERGE_BASE}:a.ts`]: blob(before) });
    serve({ [`${MERGE_BASE}:b.ts`]: blob('b') });
    expect(await ask([file('a.ts', 'merge-base'), file('b.ts', 'merge-base')], files)).toEqual([
      { state: 'found', text: before },
      { state: 'found', text: 'b' },
    ]);
  });

  it('is read from GitHub where the file was binary', async () => {
    serve({ [`${HEAD}:logo`]: blob(null, { isBinary: true }) });
    serveMergeBase();
    serve({ [`${MERGE_BASE}:logo`]: blob('text once') });
    const change = changedFile('logo', '', '', { patch: 'binary' });
    expect(await ask([file('logo', 'merge-base')], [change])).toEqual([{ state: 'found', text: 'text once' }]);
  });

  it('is read from GitHub where the patch does not fit', async () => {
    serve({ [`${HEAD}:a.ts`]: blob('somebody pushed\n') });
    serveMergeBase();
    serve({ [`${MERGE_BASE}:a.ts`]: blob(before) });
    const change = changedFile('a.ts', before, after);
    expect(await ask([file('a.ts', 'merge-base')], [change])).toEqual([{ state: 'found', text: before }]);
  });

  it('is read from GitHub where it did not list all files, and this one may be among the others', async () => {
    serveMergeBase();
    serve({ [`${MERGE_BASE}:a.ts`]: blob(before) });
    const totals = { files: 3001, additions: 0, deletions: 0 };
    expect(await ask([file('a.ts', 'merge-base')], [], { totals, filesComplete: false })).toEqual([
      { state: 'found', text: before },
    ]);
  });

  it('is read from GitHub for folders: the change may have added to them', async () => {
    serveMergeBase();
    serve({ [`${MERGE_BASE}:docs`]: { __typename: 'Tree', entries: [{ name: 'a.md', type: 'blob' }] } });
    const change = changedFile('docs/b.md', null, 'new\n');
    expect(await ask([folder('docs', 'merge-base')], [change])).toEqual([
      { state: 'found', entries: [{ name: 'a.md', kind: 'file' }] },
    ]);
  });

  it.each([
    [404, 'GitHub answered 404'],
    [500, 'GitHub answered 500'],
  ])('is unavailable when GitHub cannot tell it: %i', async (status, cause) => {
    github.rest(COMPARE, { status, body: { message: 'No' } });
    expect(await ask([folder('docs', 'merge-base')])).toEqual([{ state: 'unavailable', cause }]);
  });

  it('hands a refusal on', async () => {
    github.rest(COMPARE, { status: 403, body: { message: 'API rate limit exceeded' } });
    await expect(ask([folder('docs', 'merge-base')])).rejects.toMatchObject({ status: 403 });
  });

  it('equals what was there before, whatever changed', async () => {
    await fc.assert(
      fc.asyncProperty(text(), text(), async (before, after) => {
        // As GitHub gives it: the lines of a patch, and not hunks.
        const { hunks } = structuredPatch('a', 'a', before, after);
        const lines = hunks.flatMap(({ oldStart, oldLines, newStart, newLines, lines }) => [
          `@@ -${oldStart},${oldLines} +${newStart},${newLines} @@ function x() {`,
          ...lines,
        ]);
        const parsed = parseHunks(lines.join('\n'));
        expect(parsed).not.toBeNull();
        serve({ [`${HEAD}:a`]: blob(after) });
        const change = changedFile('a', before, after, { hunks: parsed ?? [] });
        expect(await ask([file('a', 'merge-base')], [change])).toEqual([{ state: 'found', text: before }]);
      }),
      { numRuns: 100 },
    );
  });
});

/** Texts of lines that look like parts of a patch, with ends of lines of all sorts. */
function text(): fc.Arbitrary<string> {
  const line = fc.oneof(
    fc.constantFrom(
      '',
      'a',
      'b',
      'c',
      '-- a',
      '++ b',
      '@@ -1,2 +1,2 @@',
      '\\ No newline at end of file',
      'diff --git a/x b/x',
    ),
    fc.constantFrom('--- a', '+++ b', 'Index: x', '=======', '\u2028', ' ', '\t', '\uFEFF', '\f', 'a\r', '\r'),
    fc.string({ maxLength: 5 }).map((letters) => letters.replaceAll('\n', '')),
  );
  return fc.tuple(fc.array(line, { maxLength: 30 }), fc.boolean()).map(([lines, ends]) => {
    const joined = lines.join('\n');
    return ends && joined !== '' ? `${joined}\n` : joined;
  });
}

describe('when GitHub fails', () => {
  it.each([500, 502, 503, 504])('%i is unavailable, never absent', async (status) => {
    github.graphql('ComposureObjects', { status, body: { message: 'Down' } });
    expect(await ask([file('a.ts'), folder('docs')])).toEqual([
      { state: 'unavailable', cause: `GitHub answered ${status}` },
      { state: 'unavailable', cause: `GitHub answered ${status}` },
    ]);
  });

  it('a time-out of the query is unavailable', async () => {
    github.graphql('ComposureObjects', {
      data: null,
      errors: [{ message: 'Something went wrong, perhaps a timeout' }],
    });
    expect(await ask([file('a.ts')])).toEqual([{ state: 'unavailable', cause: 'GitHub could not answer the query' }]);
  });

  it.each([401, 403, 429])('%i reaches the worker', async (status) => {
    github.graphql('ComposureObjects', { status, body: { message: 'No' } });
    await expect(ask([file('a.ts')])).rejects.toMatchObject({ status });
  });

  it("GraphQL's own rate limit reaches the worker", async () => {
    github.graphql('ComposureObjects', { errors: [{ type: 'RATE_LIMITED', message: 'API rate limit exceeded' }] });
    await expect(ask([file('a.ts')])).rejects.toThrow('API rate limit exceeded');
  });

  it('an answer that we cannot read is our own fault', async () => {
    github.graphql('ComposureObjects', { body: { data: { repository: { o0: 'text' } } } });
    await expect(ask([file('a.ts')])).rejects.toThrow('expected object');
  });
});

describe('what is known', () => {
  const before = '{"name":"a"}\n';
  const after = '{"name":"b"}\n';
  /** A change that begins at the tip of its base. */
  const atTip = { commits: [commit({ sha: HEAD, parents: [BASE] })] };
  const blobOf = (text: string) =>
    createHash('sha1')
      .update(`blob ${Buffer.byteLength(text)}\0`)
      .update(text)
      .digest('hex');
  const manifest = changedFile('package.json', before, after, { blob: blobOf(after) });
  const wanted = [file('package.json', 'merge-base'), file('package.json'), file('lerna.json'), folder('docs')];

  it('is asked for once, and then follows from the base and the patch', async () => {
    const memory = new CommitMemory();
    serve({ [`${BASE}:package.json`]: blob(before), [`${HEAD}:package.json`]: blob(after) });
    const first = await ask(wanted, [manifest], atTip, memory);
    expect(first).toEqual([
      { state: 'found', text: before },
      { state: 'found', text: after },
      { state: 'absent' },
      { state: 'absent' },
    ]);
    // What the change leaves alone is read at the base, where other pull requests find it.
    expect(wantedIn(0)).toEqual([`${BASE}:package.json`, `${HEAD}:package.json`, `${BASE}:lerna.json`, `${BASE}:docs`]);
    github.takeRoutes();

    const again = '{"name":"c"}\n';
    const other = changedFile('package.json', before, again, { blob: blobOf(again) });
    const head = { branch: 'other', sha: 'e'.repeat(40), fromFork: false };
    const commits = [commit({ sha: head.sha, parents: [BASE] })];
    expect(await ask(wanted, [other], { head, commits }, memory)).toEqual([
      first[0],
      { state: 'found', text: again },
      ...first.slice(2),
    ]);
    expect(github.takeRoutes()).toEqual([]);
  });

  it('is found again by its content after a push to other files', async () => {
    const memory = new CommitMemory();
    serve({ [`${HEAD}:package.json`]: blob(after) });
    await ask([file('package.json')], [manifest], {}, memory);
    github.takeRoutes();
    const head = { branch: 'x', sha: 'e'.repeat(40), fromFork: false };
    expect(await ask([file('package.json')], [manifest], { head }, memory)).toEqual([{ state: 'found', text: after }]);
    expect(github.takeRoutes()).toEqual([]);
  });

  it('is never taken from the base where the change does something there', async () => {
    const files = [
      changedFile('a/b/c.ts', null, 'c\n'),
      changedFile('new.ts', 'x\n', 'x\n', { status: 'renamed', previousPath: 'old.ts' }),
    ];
    serve({});
    await ask(
      [file('a/b/c.ts'), folder('a/b'), folder('a'), folder(''), file('a/b/c.ts/d'), file('old.ts'), file('a/x.ts')],
      files,
      atTip,
    );
    expect(wantedIn(0)).toEqual([
      `${HEAD}:a/b/c.ts`,
      `${HEAD}:a/b`,
      `${HEAD}:a`,
      `${HEAD}:`,
      `${HEAD}:a/b/c.ts/d`,
      `${HEAD}:old.ts`,
      `${BASE}:a/x.ts`,
    ]);
  });

  it.each([
    ['the base has moved on', { commits: [commit({ sha: HEAD, parents: ['9'.repeat(40)] })] }],
    ['GitHub did not list all files', { ...atTip, totals: { files: 3_001, additions: 0, deletions: 0 } }],
  ])('is read at head where %s', async (_, overrides) => {
    serve({});
    await ask([file('lerna.json')], [], overrides);
    expect(github.calls[0]?.body.e0).toBe(`${HEAD}:lerna.json`);
  });

  it('is never what a server says of a commit that it has not heard of yet', async () => {
    const memory = new CommitMemory();
    github.graphql('ComposureObjects', { data: { repository: { c0: null, o0: null } } });
    expect(await ask([file('a.ts', 'base')], [], {}, memory)).toEqual([
      { state: 'unavailable', cause: 'GitHub does not know the commit yet' },
    ]);
    serve({ [`${BASE}:a.ts`]: blob('a') });
    expect(await ask([file('a.ts', 'base')], [], {}, memory)).toEqual([{ state: 'found', text: 'a' }]);
  });

  it('is no failure: that is asked again', async () => {
    const memory = new CommitMemory();
    github.graphql('ComposureObjects', { status: 502, body: { message: 'Down' } });
    expect(await ask([file('a.ts', 'base')], [], {}, memory)).toMatchObject([{ state: 'unavailable' }]);
    serve({ [`${BASE}:a.ts`]: blob('a') });
    expect(await ask([file('a.ts', 'base')], [], {}, memory)).toEqual([{ state: 'found', text: 'a' }]);
  });

  it('spares the long text at head, where the base has it', async () => {
    const memory = new CommitMemory();
    serve({ [`${BASE}:package.json`]: blob(null, CUT_SHORT), [`${HEAD}:package.json`]: blob(null, CUT_SHORT) });
    github.rest(`GET /repos/acme/widgets/contents/package.json?ref=${BASE}`, { body: before });
    expect(await ask(wanted.slice(0, 2), [manifest], atTip, memory)).toEqual([
      { state: 'found', text: before },
      { state: 'found', text: after },
    ]);
  });

  it('is a merge base, too', async () => {
    const memory = new CommitMemory();
    serveMergeBase();
    serve({});
    await ask([folder('docs', 'merge-base')], [], {}, memory);
    github.takeRoutes();
    expect(await ask([folder('docs', 'merge-base')], [], {}, memory)).toEqual([{ state: 'absent' }]);
    expect(github.takeRoutes()).toEqual([]);
  });
});
