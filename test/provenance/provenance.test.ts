import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Commit, PullRequest, Trailer } from '../../src/model/pull-request.ts';
import { MARKS, type Mark } from '../../src/provenance/marks.ts';
import { isAssisted, provenanceOf } from '../../src/provenance/provenance.ts';
import { account, commit, pullRequest } from '../support/pull-request.ts';

const by = (overrides: Partial<Commit['author']>): Partial<PullRequest> => ({
  commits: [commit(), commit({ author: { name: 'Alice', email: 'alice@example.com', login: null, ...overrides } })],
});
const trailer = (key: string, value: string): Partial<PullRequest> => ({
  commits: [commit({ trailers: [{ key, value } satisfies Trailer] })],
});
const on = (branch: string): Partial<PullRequest> => ({
  head: { branch, sha: 'f'.repeat(40), fromFork: false },
});

/** A row for every row of the table, in its order: a change that bears this mark and no other. */
const ROWS: readonly [name: string, mark: (mark: Mark) => boolean, change: Partial<PullRequest>][] = [
  [
    'Copilot opened it',
    (m) => m.kind === 'account' && m.id === 198982749,
    { author: account('Copilot', { id: 198982749 }) },
  ],
  [
    "the coding agent's address, which has no [bot] in it",
    (m) => m.kind === 'email' && m.address.startsWith('198982749+'),
    trailer('Co-authored-by', 'Copilot <198982749+Copilot@users.noreply.github.com>'),
  ],
  [
    'Copilot CLI is credited',
    (m) => m.kind === 'email' && m.address.startsWith('223556219+'),
    trailer('Co-authored-by', 'Copilot <223556219+Copilot@users.noreply.github.com>'),
  ],
  [
    'Copilot is credited under another number',
    (m) => m.kind === 'email' && m.address.startsWith('175728472+'),
    trailer('co-authored-by', 'Copilot <175728472+Copilot@users.noreply.github.com>'),
  ],
  [
    'Copilot is credited by address',
    (m) => m.kind === 'email' && m.address === 'copilot@github.com',
    trailer('Co-authored-by', 'Copilot <copilot@github.com>'),
  ],
  ['a branch of Copilot', (m) => m.kind === 'branch' && m.prefix === 'copilot/', on('copilot/fix-42')],
  [
    "the coding agent's text",
    (m) => m.kind === 'body' && m.agent === 'GitHub Copilot',
    { body: 'Fixes it.\n\n<!-- START COPILOT ORIGINAL PROMPT -->\n<details>' },
  ],
  [
    'claude[bot]',
    (m) => m.kind === 'account' && m.id === 209825114,
    { author: account('claude[bot]', { id: 209825114 }) },
  ],
  [
    'claude-code-action[bot]',
    (m) => m.kind === 'account' && m.id === 208546643,
    by({ login: 'claude-code-action[bot]' }),
  ],
  [
    'Claude Code is credited, whatever the model is called',
    (m) => m.kind === 'email' && m.address === 'noreply@anthropic.com',
    trailer('Co-Authored-By', 'Claude Opus 4.5 <noreply@anthropic.com>'),
  ],
  [
    'the footer of Claude Code',
    (m) => m.kind === 'body' && m.text.source.includes('Generated with'),
    { body: 'Text\n\n🤖 Generated with [Claude Code](https://claude.com/claude-code)' },
  ],
  [
    'a session of Claude Code',
    (m) => m.kind === 'body' && m.agent === 'Claude Code' && m.text.source.includes('session'),
    { body: 'https://claude.ai/code/session_0123' },
  ],
  ['a branch of Claude Code', (m) => m.kind === 'branch' && m.prefix === 'claude/', on('claude/issue-7')],
  [
    'cursor[bot]',
    (m) => m.kind === 'account' && m.id === 206951365,
    { author: account('cursor[bot]', { id: 206951365 }) },
  ],
  [
    'cursoragent',
    (m) => m.kind === 'account' && m.id === 201670782,
    by({ email: '201670782+cursoragent@users.noreply.github.com' }),
  ],
  [
    'Cursor is credited',
    (m) => m.kind === 'email' && m.address === 'cursoragent@cursor.com',
    trailer('Co-authored-by', 'Cursor Agent <cursoragent@cursor.com>'),
  ],
  ['made with Cursor', (m) => m.kind === 'trailer' && m.key === 'made-with', trailer('Made-with', 'Cursor')],
  [
    'the footer of Cursor',
    (m) => m.kind === 'body' && m.text.source.includes('Made with'),
    { body: 'Made with [Cursor](https://cursor.com)' },
  ],
  [
    'an agent of Cursor',
    (m) => m.kind === 'body' && m.text.source.includes('bc-'),
    { body: 'https://cursor.com/agents/bc-1' },
  ],
  [
    "Cursor's own marker",
    (m) => m.kind === 'body' && m.text.source.includes('CURSOR_AGENT'),
    { body: '<!-- CURSOR_AGENT_PR_BODY_BEGIN -->' },
  ],
  ['a branch of Cursor', (m) => m.kind === 'branch' && m.prefix === 'cursor/', on('cursor/fix')],
  [
    'chatgpt-codex-connector[bot]',
    (m) => m.kind === 'account' && m.id === 199175422,
    { author: account('chatgpt-codex-connector[bot]', { id: 199175422 }) },
  ],
  [
    'openai-codex[bot], by login where no number is known',
    (m) => m.kind === 'account' && m.id === 215057067,
    { author: account('openai-codex[bot]', { id: null }) },
  ],
  [
    'Codex is credited',
    (m) => m.kind === 'email' && m.address === 'noreply@openai.com',
    trailer('Co-authored-by', 'Codex <noreply@openai.com>'),
  ],
  ['Codex commits', (m) => m.kind === 'email' && m.address === 'codex@openai.com', by({ email: 'codex@openai.com' })],
  [
    'Codex commits under a wrong address',
    (m) => m.kind === 'email' && m.address === 'codex@example.com',
    by({ email: 'codex@example.com' }),
  ],
  [
    'a task of Codex',
    (m) => m.kind === 'body' && m.agent === 'Codex',
    { body: 'https://chatgpt.com/codex/tasks/task_1' },
  ],
  ['a branch of Codex', (m) => m.kind === 'branch' && m.prefix === 'codex/', on('codex/fix')],
  [
    'devin-ai-integration[bot]',
    (m) => m.kind === 'account' && m.id === 158243242,
    { author: account('devin-ai-integration[bot]', { id: 158243242 }) },
  ],
  ['a session of Devin', (m) => m.kind === 'body' && m.agent === 'Devin', { body: 'https://app.devin.ai/sessions/1' }],
  ['a branch of Devin', (m) => m.kind === 'branch' && m.prefix === 'devin/', on('devin/1-fix')],
  [
    'Jules wrote a commit of a person’s pull request',
    (m) => m.kind === 'account' && m.id === 161369871,
    by({ email: '161369871+google-labs-jules[bot]@users.noreply.github.com' }),
  ],
  [
    'the footer of Jules',
    (m) => m.kind === 'body' && m.agent === 'Jules',
    { body: 'PR created automatically by Jules for task [12](https://jules.google.com/task/12) started by @user' },
  ],
  ["Aider's suffix", (m) => m.kind === 'name', by({ name: 'Alice (aider)' })],
  [
    'Aider is credited',
    (m) => m.kind === 'email' && m.address === 'aider@aider.chat',
    trailer('Co-authored-by', 'aider (gpt-4o) <aider@aider.chat>'),
  ],
  [
    'Aider is credited without reply',
    (m) => m.kind === 'email' && m.address === 'noreply@aider.chat',
    trailer('Co-authored-by', 'aider (gpt-4o) <noreply@aider.chat>'),
  ],
  [
    'factory-droid[bot]',
    (m) => m.kind === 'account' && m.id === 138933559,
    { author: account('factory-droid[bot]', { id: 138933559 }) },
  ],
  [
    'amazon-q-developer[bot]',
    (m) => m.kind === 'account' && m.id === 208079219,
    { author: account('amazon-q-developer[bot]', { id: 208079219 }) },
  ],
  [
    'cline[bot]',
    (m) => m.kind === 'account' && m.id === 205137888,
    { author: account('cline[bot]', { id: 205137888 }) },
  ],
  [
    'opencode-agent[bot], whose number nobody wrote down',
    (m) => m.kind === 'account' && m.agent === 'opencode',
    { author: account('opencode-agent[bot]', { id: 1 }) },
  ],
  [
    'opencode is credited',
    (m) => m.kind === 'email' && m.address === 'noreply@opencode.ai',
    trailer('Co-authored-by', 'opencode <noreply@opencode.ai>'),
  ],
  [
    'Amp is credited',
    (m) => m.kind === 'email' && m.address === 'amp@ampcode.com',
    trailer('Co-authored-by', 'Amp <amp@ampcode.com>'),
  ],
  [
    'Replit says so',
    (m) => m.kind === 'trailer' && m.key === 'replit-commit-author',
    trailer('Replit-Commit-Author', 'Agent'),
  ],
  ['assisted by', (m) => m.kind === 'trailer' && m.key === 'assisted-by', trailer('Assisted-by', 'a tool')],
  ['generated by', (m) => m.kind === 'trailer' && m.key === 'generated-by', trailer('Generated-by', 'a tool')],
];

describe('the table of marks', () => {
  test('has a test for every row, a source in every row, and each row once', () => {
    expect(ROWS.length).toBe(MARKS.length);
    for (const mark of MARKS) {
      expect(mark.source.length, mark.agent).toBeGreaterThan(5);
      expect(ROWS.filter(([, isOf]) => isOf(mark)).length, JSON.stringify(mark)).toBe(1);
    }
  });

  test.each(ROWS)('%s', (_, isOf, change) => {
    const mark = MARKS.find(isOf)!;
    const { result, marks } = provenanceOf(pullRequest(change));
    expect(result).toBe('detected');
    expect(marks).toMatchObject([{ agent: mark.agent, source: mark.source }]);
  });

  test.each<[string, Partial<PullRequest>]>([
    ['an ordinary change', {}],
    ['people called like agents', by({ name: 'Claude', email: 'claude@example.com', login: 'claude' })],
    ['Devin, Jules and Cursor as authors', { author: account('devin') }],
    ['a login that ends like a bot and is another account', { author: account('cursor[bot]', { id: 5 }) }],
    ['an address that only begins like one', by({ email: 'noreply@anthropic.com.example.com' })],
    ['a number with another host', by({ email: '198982749+copilot@example.com' })],
    ['a branch that only talks about it', on('feature/claude/hooks')],
    ['a text about it', { body: 'Documents what Claude Code, Cursor and Codex leave in commits.' }],
    ['the shadow repository of Gemini CLI', by({ email: 'gemini-cli@google.com' })],
    ['a person who is credited', trailer('Co-authored-by', 'Claude <claude@example.com>')],
    ['Replit on behalf of a person', trailer('Replit-Commit-Author', 'User')],
  ])('no mark: %s', (_, change) => {
    expect(provenanceOf(pullRequest(change)).result).toBe('none-seen');
  });
});

describe('the declaration', () => {
  const cases: [body: string, declared: { assisted: boolean; tool: string | null } | null][] = [
    ['', null],
    ['AI-assisted: yes', { assisted: true, tool: null }],
    ['AI-assisted: no', { assisted: false, tool: null }],
    ['AI-Assisted:No.', { assisted: false, tool: null }],
    ['text\r\n\r\n**AI-assisted:** Some Tool 2\r\n', { assisted: true, tool: 'Some Tool 2' }],
    ['- [x] AI-assisted: yes (Some Tool)', { assisted: true, tool: 'Some Tool' }],
    ['AI-assisted: yes, with Some Tool', { assisted: true, tool: 'with Some Tool' }],
    ['AI-assisted: no, only completion', { assisted: false, tool: null }],
    ['AI-assisted: yes|no|tool', null],
    ['AI-assisted: <yes, no or the tool>', null],
    ['AI-assisted:', null],
    ['<!-- AI-assisted: no -->', null],
    ['```\nAI-assisted: no\n```', null],
    ['~~~\nAI-assisted: no', null],
    ['AI-assisted: yes|no\nAI-assisted: no', { assisted: false, tool: null }],
    ['AI-assisted: no\nAI-assisted: yes', { assisted: true, tool: null }],
    ['This was not AI-assisted: no tool was used', null],
  ];
  test.each(cases)('%j', (body, declared) => {
    const { declaration } = provenanceOf(pullRequest({ body }));
    expect(declaration).toEqual(declared ? { state: 'declared', ...declared } : { state: 'absent' });
  });

  test.each<[body: string, branch: string, result: string]>([
    ['AI-assisted: yes', 'feature', 'declared'],
    ['AI-assisted: no', 'feature', 'none-seen'],
    ['AI-assisted: no', 'codex/x', 'detected'],
    ['AI-assisted: yes', 'codex/x', 'declared'],
    ['', 'codex/x', 'detected'],
  ])('%j on the branch %s is %s', (body, branch, result) => {
    expect(provenanceOf(pullRequest({ body, ...on(branch) })).result).toBe(result);
  });
});

describe('whatever people write', () => {
  const hostile = fc.oneof(
    fc.string({ unit: 'binary', maxLength: 60 }),
    fc.constantFrom(
      'AI-assisted: no',
      '```',
      '<!--',
      '-->',
      'AI-assisted: ',
      '\n',
      '>'.repeat(500),
      '`'.repeat(500),
      '[x] ',
    ),
  );
  const body = fc.array(hostile, { maxLength: 30 }).map((pieces) => pieces.join(''));

  test('no word takes a mark away, and none lowers the bar', () => {
    fc.assert(
      fc.property(body, fc.constantFrom(...ROWS), (text, [, , change]) => {
        const marked = pullRequest({ ...change, body: `${change.body ?? ''}\n${text}` });
        expect(isAssisted(provenanceOf(marked))).toBe(true);
      }),
    );
  });

  test.each([
    '`',
    '<!--',
    '> ',
    'AI-assisted: ',
    '*',
    '\n',
    '[x] ',
    ' ',
  ])('a text full of %j is quickly read', (piece) => {
    const started = performance.now();
    provenanceOf(pullRequest({ body: piece.repeat(65_000 / piece.length) }));
    expect(performance.now() - started).toBeLessThan(1_000);
  });
});
