import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { CONFIG_PATH } from '../src/config/config.ts';
import type { EvidenceSources } from '../src/gather.ts';
import type { FileAnswer } from '../src/model/evidence.ts';
import type { ChangedFile } from '../src/model/pull-request.ts';
import { definePractice } from '../src/practices/define-practice.ts';
import { reviewPullRequest } from '../src/review.ts';
import { changedFile, pullRequest } from './support/pull-request.ts';

/** Allows so many files; a bound of 9 in the `standard` preset tells it from one that a file sets. */
const bound = definePractice({
  id: 'bound',
  title: 'Bound',
  summary: 'So many files.',
  options: z.strictObject({ max: z.int().default(9).describe('Files at most.') }),
  presets: { advisory: { mode: 'warn' }, standard: { mode: 'block' }, strict: { mode: 'block', max: 0 } },
  judgesDependencyBots: false,
  messages: { over: { level: 'error', text: (facts) => `There are ${facts.files} files.` } },
  needs: () => [{ kind: 'file', path: 'wanted.txt', side: 'base' }],
  evaluate({ pullRequest, options, evidence, finding }) {
    const files = pullRequest.files.length;
    const facts = { max: options.max, wanted: evidence.file('wanted.txt', 'base').state };
    return { summary: '', facts, findings: files > options.max ? [finding('over', { files })] : [] };
  },
});

const EDIT = changedFile(CONFIG_PATH, 'bound: { max: 5 }\n', 'bound: { max: 6 }\n');
const VALID = 'bound: { max: 5 }';
const BROKEN = 'bound: { maximum: 5 }';

/** Reviews a change with these files, where the base's configuration and the head's read so. */
async function review(given: {
  base?: string;
  organisation?: string;
  head?: string | FileAnswer;
  files?: ChangedFile[];
  already?: boolean;
}) {
  const asked: string[] = [];
  const head: FileAnswer =
    typeof given.head === 'string' ? { state: 'found', text: given.head } : (given.head ?? { state: 'absent' });
  const sources: EvidenceSources = {
    async repository(requests) {
      return requests.map((request) => {
        asked.push(`${request.side}:${request.path}`);
        if (request.kind === 'folder') return [request, { state: 'absent' }];
        return [request, request.path === CONFIG_PATH ? head : { state: 'found', text: '' }];
      });
    },
    packages: async () => [],
    dependencyChanges: async () => [],
    checklists: async () => [],
  };
  const layer = (source: 'organisation' | 'repository', text: string | undefined) =>
    text === undefined ? [] : [{ source, path: CONFIG_PATH, text }];
  const result = await reviewPullRequest({
    pullRequest: pullRequest({ files: given.files ?? [] }),
    layers: [...layer('organisation', given.organisation), ...layer('repository', given.base)],
    practices: [bound],
    sources,
    evidence: given.already ? [[{ kind: 'file', path: 'wanted.txt', side: 'base' }, { state: 'absent' }]] : [],
  });
  return { ...result, asked };
}

function someFiles(count: number): ChangedFile[] {
  return Array.from({ length: count }, (_, index) => changedFile(`${index}.ts`, null, 'x\n'));
}

describe('an ordinary change', () => {
  it('is judged by the configuration at the base', async () => {
    const { conclusion, practices, problems, proposed, notes, missing, asked } = await review({
      base: VALID,
      files: someFiles(6),
    });
    expect({ conclusion, problems, proposed, notes, missing }).toEqual({
      conclusion: 'failure',
      problems: [],
      proposed: [],
      notes: [],
      missing: [],
    });
    expect(practices).toMatchObject([{ id: 'bound', outcome: 'violation', facts: { max: 5 } }]);
    expect(asked).toEqual(['base:wanted.txt']);
  });

  it('is judged by the standard preset where there is no configuration', async () => {
    const { conclusion, practices } = await review({});
    expect(conclusion).toBe('success');
    expect(practices).toMatchObject([{ facts: { max: 9 } }]);
  });

  it('asks for nothing that came along already', async () => {
    const { practices, asked } = await review({ already: true });
    expect(asked).toEqual([]);
    expect(practices).toMatchObject([{ facts: { wanted: 'absent' } }]);
  });
});

describe('a broken configuration at the base', () => {
  it('judges nothing, and says where it is broken', async () => {
    const { conclusion, practices, problems, notes, asked } = await review({ base: BROKEN });
    expect({ conclusion, practices, asked }).toEqual({ conclusion: 'failure', practices: [], asked: [] });
    expect(problems).toMatchObject([{ path: CONFIG_PATH, line: 1, column: 10, source: 'repository' }]);
    expect(notes).toHaveLength(1);
  });

  it('is mended by a pull request, which is judged without it', async () => {
    const { conclusion, practices, problems, proposed, notes } = await review({
      base: BROKEN,
      head: VALID,
      files: [EDIT],
    });
    expect({ conclusion, problems, proposed }).toEqual({ conclusion: 'success', problems: [], proposed: [] });
    expect(practices).toMatchObject([{ facts: { max: 9 } }]);
    expect(notes.join()).toContain('mends');
  });

  it('is mended by deleting it', async () => {
    const files = [changedFile(CONFIG_PATH, BROKEN, null)];
    const { conclusion, notes } = await review({ base: BROKEN, head: { state: 'absent' }, files });
    expect(conclusion).toBe('success');
    expect(notes.join()).toContain('removes');
  });

  it('stays broken where the repair is broken, too', async () => {
    const { conclusion, practices, problems } = await review({ base: BROKEN, head: 'size: [', files: [EDIT] });
    expect({ conclusion, practices }).toEqual({ conclusion: 'failure', practices: [] });
    expect(problems.length).toBeGreaterThan(0);
  });

  it('is looked at again where the repair could not be read', async () => {
    const head: FileAnswer = { state: 'unavailable', cause: 'GitHub answered 503' };
    const { conclusion, problems, missing } = await review({ base: BROKEN, head, files: [EDIT] });
    expect(conclusion).toBe('failure');
    expect(problems).toHaveLength(1);
    expect(missing).toMatchObject([{ cause: 'GitHub answered 503' }]);
  });

  it("of the organisation is nobody's to mend here", async () => {
    const { conclusion, problems } = await review({ organisation: BROKEN, base: VALID, head: VALID, files: [EDIT] });
    expect(conclusion).toBe('failure');
    expect(problems).toMatchObject([{ source: 'organisation' }]);
  });
});

describe('a change of the configuration', () => {
  it('applies after the merge: until then the base judges', async () => {
    const files = [EDIT, ...someFiles(6)];
    const { conclusion, practices, notes } = await review({ base: VALID, head: 'bound: { mode: off }', files });
    expect(conclusion).toBe('failure');
    expect(practices).toMatchObject([{ mode: 'block', facts: { max: 5 } }]);
    expect(notes).toHaveLength(1);
  });

  it('that breaks it fails, and everything else is judged all the same', async () => {
    const { conclusion, practices, problems, proposed } = await review({ base: VALID, head: BROKEN, files: [EDIT] });
    expect({ conclusion, problems }).toEqual({ conclusion: 'failure', problems: [] });
    expect(proposed).toMatchObject([{ path: CONFIG_PATH, line: 1, column: 10 }]);
    expect(practices).toMatchObject([{ outcome: 'pass' }]);
  });

  it.each([
    ['adds it', changedFile(CONFIG_PATH, null, BROKEN)],
    ['moves it here', changedFile(CONFIG_PATH, 'x', BROKEN, { status: 'renamed', previousPath: 'old.yml' })],
  ])('is validated when the change %s', async (_, change) => {
    const { conclusion, proposed } = await review({ head: BROKEN, files: [change] });
    expect(conclusion).toBe('failure');
    expect(proposed).toHaveLength(1);
  });

  it.each([
    ['deletes it', changedFile(CONFIG_PATH, VALID, null)],
    ['moves it away', changedFile('old.yml', VALID, VALID, { status: 'renamed', previousPath: CONFIG_PATH })],
  ])('loosens nothing when the change %s', async (_, change) => {
    const { conclusion, practices, notes } = await review({ base: 'bound: { max: 0 }', files: [change] });
    expect(conclusion).toBe('failure');
    expect(practices).toMatchObject([{ facts: { max: 0 } }]);
    expect(notes.join()).toContain('removes');
  });

  it('to something binary is no configuration', async () => {
    const { conclusion, proposed } = await review({ base: VALID, head: { state: 'binary' }, files: [EDIT] });
    expect(conclusion).toBe('failure');
    expect(proposed.length).toBeGreaterThan(0);
  });

  const unread: FileAnswer = { state: 'unavailable', cause: 'GitHub answered 503' };
  it('that could not be read keeps the merge waiting, and says what is missing', async () => {
    const { conclusion, missing, practices } = await review({ base: VALID, head: unread, files: [EDIT] });
    expect(conclusion).toBe('action_required');
    expect(missing).toEqual([{ what: `what this pull request makes of ${CONFIG_PATH}`, cause: 'GitHub answered 503' }]);
    expect(practices).toMatchObject([{ outcome: 'pass' }]);
  });

  it('that could not be read hides no failure', async () => {
    const { conclusion, missing } = await review({ base: VALID, head: unread, files: [EDIT, ...someFiles(6)] });
    expect(conclusion).toBe('failure');
    expect(missing).toHaveLength(1);
  });
});
