import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { type EventContext, marksFor } from '../../src/app/events.ts';
import { type Work, workKey } from '../../src/intake/work.ts';

type Payload = Record<string, unknown>;

const NOW = 1_000_000;
const OURS: EventContext = { appId: 1234, botLogin: 'composure[bot]', now: NOW, debounceMs: 2_000 };
const SHA = 'a'.repeat(40);

/** Payloads that people contributed to Octokit, by the event's name. */
const EXAMPLES = JSON.parse(readFileSync(fileURLToPath(import.meta.resolve('@octokit/webhooks-examples')), 'utf8')) as {
  name: string;
  examples: Payload[];
}[];
const CORPUS = EXAMPLES.flatMap(({ name, examples }) => examples.map((payload) => ({ name, payload })));

const ENVELOPE = {
  installation: { id: 5 },
  sender: { login: 'bob' },
  repository: { name: 'widgets', owner: { login: 'acme' }, default_branch: 'main' },
};

/** What an event is about, as keys; `5/acme/widgets` is left out of them. */
function keys(name: string, payload: Payload, context: Partial<EventContext> = {}): string[] {
  return marksFor({ name, payload: { ...ENVELOPE, ...payload } }, { ...OURS, ...context }).map(({ work }) =>
    workKey(work).replace('5/acme/widgets', ''),
  );
}

describe('pull_request', () => {
  const pullRequest = (action: string) => ({ action, pull_request: { number: 7, head: { sha: SHA } } });

  it.each([
    'opened',
    'reopened',
    'edited',
    'ready_for_review',
    'converted_to_draft',
    'labeled',
    'unlabeled',
  ])('%s is looked at now', (action) => {
    expect(marksFor({ name: 'pull_request', payload: { ...ENVELOPE, ...pullRequest(action) } }, OURS)).toEqual([
      { work: { kind: 'pull-request', installation: 5, owner: 'acme', repo: 'widgets', number: 7 }, dueAt: NOW },
    ]);
  });

  it('synchronize waits for more pushes', () => {
    const [mark] = marksFor({ name: 'pull_request', payload: { ...ENVELOPE, ...pullRequest('synchronize') } }, OURS);
    expect(mark?.dueAt).toBe(NOW + 2_000);
  });

  it('closed is about whoever else has this head', () => {
    expect(keys('pull_request', pullRequest('closed'))).toEqual([`~${SHA}`]);
  });

  it.each([
    'assigned',
    'review_requested',
    'locked',
    'enqueued',
    'auto_merge_enabled',
    'milestoned',
    '',
  ])('%j is none of our business', (action) => {
    expect(keys('pull_request', pullRequest(action))).toEqual([]);
  });
});

describe('pull_request_review', () => {
  it.each(['submitted', 'edited', 'dismissed'])('%s', (action) => {
    expect(keys('pull_request_review', { action, pull_request: { number: 7, head: { sha: SHA } } })).toEqual(['#7']);
  });
});

describe('issue_comment', () => {
  const MARKED = '<!-- composure -->\n\n- [x] Verified <!-- composure:item a/b -->';
  const comment = (action: string, body: string, from?: string) => ({
    action,
    issue: { number: 7, pull_request: { url: 'x' } },
    comment: { body },
    ...(from !== undefined && { changes: { body: { from } } }),
  });

  const cases: { name: string; payload: Payload; concernsUs: boolean }[] = [
    { name: 'a tick in our comment', payload: comment('edited', MARKED, MARKED.replace('x', ' ')), concernsUs: true },
    { name: 'our comment emptied', payload: comment('edited', 'gone', MARKED), concernsUs: true },
    { name: 'our comment deleted', payload: comment('deleted', MARKED), concernsUs: true },
    { name: 'our comment edited in nothing but its text', payload: comment('edited', MARKED, 'x'), concernsUs: true },
    { name: 'talk', payload: comment('created', 'Looks good to me'), concernsUs: false },
    { name: 'talk edited', payload: comment('edited', 'Looks good', 'Looks bad'), concernsUs: false },
    { name: 'talk deleted', payload: comment('deleted', 'Looks good'), concernsUs: false },
    { name: 'talk about us', payload: comment('created', 'What is composure?'), concernsUs: false },
    { name: 'a command', payload: comment('created', '/composure recheck'), concernsUs: true },
    {
      name: 'a command among talk',
      payload: comment('created', 'Well.\r\n /composure  recheck \r\nPlease.'),
      concernsUs: true,
    },
    {
      name: 'a command that was there before',
      payload: comment('edited', '/composure recheck', 'x'),
      concernsUs: true,
    },
    { name: 'a command within a sentence', payload: comment('created', 'Say /composure recheck'), concernsUs: false },
    { name: 'a command over two lines', payload: comment('created', '/composure\nrecheck'), concernsUs: true },
    { name: 'a command with more behind it', payload: comment('created', '/composure rechecked'), concernsUs: true },
    {
      name: 'a comment on an issue',
      payload: { ...comment('created', '/composure recheck'), issue: { number: 7 } },
      concernsUs: false,
    },
  ];
  it.each(cases)('$name', ({ payload, concernsUs }) => {
    expect(keys('issue_comment', payload)).toEqual(concernsUs ? ['#7'] : []);
  });

  it.each([
    ['empty lines', '\n'.repeat(65_536)],
    ['spaces', ' '.repeat(65_536)],
    ['lines of spaces', ' \n'.repeat(32_768)],
    ['almost commands', '/composure '.repeat(6_000)],
    ['tabs behind one', `/composure${'\t'.repeat(65_000)}x`],
    ['ends behind one', `/composure recheck${'\r'.repeat(65_000)}x`],
  ])('is read in no time, though it is all %s', (_, body) => {
    const start = performance.now();
    keys('issue_comment', comment('created', body));
    expect(performance.now() - start).toBeLessThan(500);
  });
});

describe('check_run and check_suite', () => {
  const run = (overrides: Payload = {}) => ({
    action: 'rerequested',
    check_run: { head_sha: SHA, external_id: '7', app: { id: 1234 }, ...overrides },
  });
  const suite = (overrides: Payload = {}) => ({
    action: 'rerequested',
    check_suite: { head_sha: SHA, app: { id: 1234 }, ...overrides },
  });

  const cases: { name: string; event: string; payload: Payload; keys: string[] }[] = [
    { name: 'ours, of a pull request', event: 'check_run', payload: run(), keys: ['#7'] },
    { name: 'ours, of nobody known', event: 'check_run', payload: run({ external_id: '' }), keys: [`~${SHA}`] },
    { name: 'ours, with no number', event: 'check_run', payload: run({ external_id: '7; rm' }), keys: [`~${SHA}`] },
    { name: 'ours, with number 0', event: 'check_run', payload: run({ external_id: '0' }), keys: [`~${SHA}`] },
    { name: 'ours, with none', event: 'check_run', payload: run({ external_id: null }), keys: [`~${SHA}`] },
    { name: "somebody else's run", event: 'check_run', payload: run({ app: { id: 1 } }), keys: [] },
    { name: "nobody's run", event: 'check_run', payload: run({ app: null }), keys: [] },
    { name: 'a run that was made', event: 'check_run', payload: { ...run(), action: 'created' }, keys: [] },
    { name: 'our suite', event: 'check_suite', payload: suite(), keys: [`~${SHA}`] },
    {
      name: 'our suite, of a fork, for which GitHub names neither branch nor pull request',
      event: 'check_suite',
      payload: suite({ head_branch: null, pull_requests: [] }),
      keys: [`~${SHA}`],
    },
    { name: "somebody else's suite", event: 'check_suite', payload: suite({ app: { id: 1 } }), keys: [] },
    { name: 'every push', event: 'check_suite', payload: { ...suite(), action: 'requested' }, keys: [] },
  ];
  it.each(cases)('$name', ({ event, payload, keys: expected }) => {
    expect(keys(event, payload)).toEqual(expected);
  });
});

describe('push', () => {
  const CONFIG = '.github/composure.yml';
  const push = (files: Payload, overrides: Payload = {}) => ({
    ref: 'refs/heads/main',
    forced: false,
    deleted: false,
    commits: [{ added: [], removed: [], modified: [], ...files }],
    ...overrides,
  });
  const organisations = { repository: { ...ENVELOPE.repository, name: '.github' } };
  const many = (count: number) => Array.from({ length: count }, () => ({ added: [], removed: [], modified: ['a'] }));

  const cases: { name: string; payload: Payload; keys: string[] }[] = [
    { name: 'that adds our configuration', payload: push({ added: [CONFIG] }), keys: [':main'] },
    { name: 'that changes it', payload: push({ modified: ['a', CONFIG] }), keys: [':main'] },
    { name: 'that removes it', payload: push({ removed: [CONFIG] }), keys: [':main'] },
    { name: 'that changes attributes', payload: push({ modified: ['.gitattributes'] }), keys: [':main'] },
    { name: 'that changes attributes of a folder', payload: push({ modified: ['a/.gitattributes'] }), keys: [':main'] },
    ...['CODEOWNERS', '.github/CODEOWNERS', 'docs/CODEOWNERS', '.npmrc', 'web/.npmrc', '.yarnrc.yml'].map((path) => ({
      name: `that changes ${path}`,
      payload: push({ modified: [path] }),
      keys: [':main'],
    })),
    { name: 'that changes a file of such a name', payload: push({ modified: ['a/CODEOWNERS', 'x.npmrc'] }), keys: [] },
    { name: 'that changes something else', payload: push({ modified: ['src/a.ts', `x/${CONFIG}`] }), keys: [] },
    {
      name: 'to a branch with slashes',
      payload: push({ modified: [CONFIG] }, { ref: 'refs/heads/release/1.x' }),
      keys: [':release/1.x'],
    },
    { name: 'of a tag', payload: push({ modified: [CONFIG] }, { ref: 'refs/tags/v1' }), keys: [] },
    { name: 'that deletes the branch', payload: push({}, { deleted: true, forced: true, commits: [] }), keys: [] },
    {
      name: 'by force, which may have changed anything',
      payload: push({}, { forced: true, commits: [] }),
      keys: [':main'],
    },
    { name: 'of as many commits as GitHub names', payload: push({}, { commits: many(2048) }), keys: [':main'] },
    { name: 'of one less', payload: push({}, { commits: many(2047) }), keys: [] },
    {
      name: "to the organisation's configuration",
      payload: push({ modified: [CONFIG] }, organisations),
      keys: ['5/*'],
    },
    {
      name: "by force to the organisation's default branch",
      payload: push({}, { ...organisations, forced: true }),
      keys: ['5/*'],
    },
    {
      name: "to the organisation's repository, on a branch that nobody reads",
      payload: push({ modified: [CONFIG] }, { ...organisations, ref: 'refs/heads/draft' }),
      keys: ['5/acme/.github:draft'],
    },
    {
      name: "of attributes to the organisation's repository",
      payload: push({ modified: ['.gitattributes'] }, organisations),
      keys: ['5/acme/.github:main'],
    },
    {
      name: 'without lists',
      payload: { ref: 'refs/heads/main', commits: [{}] },
      keys: [],
    },
  ];
  it.each(cases)('$name', ({ payload, keys: expected }) => {
    expect(keys('push', payload)).toEqual(expected);
  });
});

describe('merge_group', () => {
  const group = {
    head_sha: SHA,
    head_ref: 'refs/heads/gh-readonly-queue/main/pr-7-abc',
    base_sha: 'b'.repeat(40),
    base_ref: 'refs/heads/main',
  };

  it('asks about a group', () => {
    const payload = { ...ENVELOPE, action: 'checks_requested', merge_group: group };
    const work: Work = {
      kind: 'merge-group',
      installation: 5,
      owner: 'acme',
      repo: 'widgets',
      headSha: SHA,
      headRef: group.head_ref,
      baseSha: group.base_sha,
      baseBranch: 'main',
    };
    expect(marksFor({ name: 'merge_group', payload }, OURS)).toEqual([{ work, dueAt: NOW }]);
  });

  it('says that one is gone', () => {
    expect(keys('merge_group', { action: 'destroyed', merge_group: group })).toEqual([]);
  });
});

describe('installations', () => {
  const installation = { id: 5, account: { login: 'acme' } };

  it.each([
    ['installation', 'created', ['5/*']],
    ['installation_repositories', 'added', ['5/*']],
    ['installation', 'deleted', []],
    ['installation_repositories', 'removed', []],
  ])('%s.%s', (name, action, expected) => {
    expect(keys(name, { action, installation, repository: undefined })).toEqual(expected);
  });
});

describe('our own doings', () => {
  const tick = {
    action: 'edited',
    issue: { number: 7, pull_request: {} },
    comment: { body: '<!-- composure -->' },
  };

  it('come back to us as events, and are dropped', () => {
    expect(keys('issue_comment', { ...tick, sender: { login: 'composure[bot]' } })).toEqual([]);
  });

  it.each(['composure', 'renovate[bot]', 'Composure[bot]x'])('are not those of %s', (login) => {
    expect(keys('issue_comment', { ...tick, sender: { login } })).toEqual(['#7']);
  });

  it('are not known before we know who we are', () => {
    expect(keys('issue_comment', { ...tick, sender: { login: 'composure[bot]' } }, { botLogin: null })).toEqual(['#7']);
  });

  it('have a sender; what has none is looked at', () => {
    expect(keys('issue_comment', { ...tick, sender: null })).toEqual(['#7']);
  });
});

describe('what we cannot use', () => {
  it.each([
    ['no installation', { installation: undefined }],
    ['no repository', { repository: undefined }],
    ['no pull request', { pull_request: undefined }],
    ['half a pull request', { pull_request: { number: 7 } }],
    ['a number that is none', { pull_request: { number: '7', head: { sha: SHA } } }],
  ])('says nothing: %s', (_, overrides) => {
    const payload = { action: 'opened', pull_request: { number: 7, head: { sha: SHA } } };
    expect(keys('pull_request', payload)).toEqual(['#7']);
    expect(keys('pull_request', { ...payload, ...overrides })).toEqual([]);
  });

  it('never makes us throw', () => {
    const names = fc.constantFrom(...new Set(CORPUS.map(({ name }) => name)), 'unheard_of');
    fc.assert(
      fc.property(
        names,
        fc.oneof(
          fc.anything(),
          fc.object(),
          fc.object().map((payload) => ({ ...ENVELOPE, ...payload })),
        ),
        (name, payload) => {
          expect(Array.isArray(marksFor({ name, payload }, OURS))).toBe(true);
        },
      ),
    );
  });
});

describe('the payloads of @octokit/webhooks-examples', () => {
  it('are many', () => {
    expect(CORPUS.length).toBeGreaterThan(300);
  });

  /** Event, action and what came of it, for every payload as if it had come to our installation. */
  function yields(context: EventContext): Map<string, Set<string>> {
    const found = new Map<string, Set<string>>();
    for (const { name, payload } of CORPUS) {
      const installation = payload.installation ?? { id: 5 };
      const marks = marksFor({ name, payload: { ...payload, installation } }, context);
      const event = [name, payload.action].filter(Boolean).join('.');
      const kinds = found.get(event) ?? new Set();
      found.set(event, kinds.add(marks.map(({ work }) => work.kind).join() || 'nothing'));
    }
    return found;
  }

  it('yield what they should, and the others nothing', () => {
    const useful = [...yields(OURS)].filter(([, kinds]) => !(kinds.size === 1 && kinds.has('nothing')));
    expect(Object.fromEntries(useful.map(([event, kinds]) => [event, [...kinds].toSorted()]).toSorted())).toEqual({
      'installation.created': ['installation'],
      'installation_repositories.added': ['installation'],
      'merge_group.checks_requested': ['merge-group'],
      'pull_request.closed': ['head-commit'],
      'pull_request.converted_to_draft': ['pull-request'],
      'pull_request.labeled': ['pull-request'],
      'pull_request.opened': ['pull-request'],
      'pull_request.ready_for_review': ['pull-request'],
      'pull_request.reopened': ['pull-request'],
      'pull_request.synchronize': ['pull-request'],
      'pull_request.unlabeled': ['pull-request'],
      'pull_request_review.dismissed': ['pull-request'],
      'pull_request_review.submitted': ['pull-request'],
    });
  });

  it('are of an App, for checks that are asked for again', () => {
    for (const name of ['check_run', 'check_suite']) {
      const again = CORPUS.filter((one) => one.name === name && one.payload.action === 'rerequested');
      expect(again.length).toBeGreaterThan(0);
      for (const { payload } of again) {
        const appId = (payload[name] as { app: { id: number } }).app.id;
        expect(marksFor({ name, payload }, { ...OURS, appId })).toHaveLength(1);
        expect(marksFor({ name, payload }, { ...OURS, appId: appId + 1 })).toEqual([]);
      }
    }
  });

  it('hold every event that app.yml asks for', () => {
    const manifest = parse(readFileSync(new URL('../../app.yml', import.meta.url), 'utf8')) as {
      default_events: string[];
    };
    const names = new Set(CORPUS.map(({ name }) => name));
    expect(manifest.default_events.filter((event) => !names.has(event))).toEqual([]);
  });

  it('never make us throw, whatever is missing from them', () => {
    const ours = CORPUS.filter(({ name }) =>
      /^(pull_request|issue_comment|check_|push|merge_group|installation)/.test(name),
    );
    fc.assert(
      fc.property(fc.constantFrom(...ours), fc.array(fc.nat(), { maxLength: 5 }), fc.anything(), (one, path, value) => {
        const payload = structuredClone(one.payload);
        replaceAt(payload, path, value);
        expect(Array.isArray(marksFor({ name: one.name, payload }, OURS))).toBe(true);
      }),
      { numRuns: 500 },
    );
  });
});

/** Puts something else where the path leads: at each step the so-manieth key. */
function replaceAt(target: Payload, path: readonly number[], value: unknown): void {
  let node: Payload = target;
  for (const [step, turn] of path.entries()) {
    const names = Object.keys(node);
    const name = names[turn % Math.max(names.length, 1)];
    if (name === undefined) return;
    const next = node[name];
    if (step === path.length - 1 || typeof next !== 'object' || next === null) {
      node[name] = value;
      return;
    }
    node = next as Payload;
  }
}
