/** Check runs, suites and statuses. */
import type { Octokit } from '@octokit/rest';
import { describe, expect, it } from 'vitest';
import {
  bob,
  bot,
  changeOnFeature,
  conclude,
  holdToContract,
  raw,
  statusOf,
  WIDGETS,
  webhooksOf,
  withPullRequest,
} from './contract.ts';
import { APP } from './seed.ts';

holdToContract();

describe('checks', () => {
  it('tells of a run that is made, with its App and its pull requests', async () => {
    const { head, number } = await withPullRequest();
    const webhooks = await webhooksOf(async () =>
      (await bot()).rest.checks.create({ ...WIDGETS, name: 'Composure', head_sha: head, status: 'in_progress' }),
    );
    expect(webhooks.find('check_run.created').check_run).toMatchObject({
      app: { slug: 'composure', id: APP.id },
      status: 'in_progress',
      conclusion: null,
      pull_requests: [{ number }],
    });
    expect(webhooks.find('check_run.created').sender).toMatchObject({ login: 'composure[bot]', type: 'Bot' });
  });

  it('tells when it is completed, and its suite with it', async () => {
    const { head } = await withPullRequest();
    const octokit = await bot();
    const { data } = await octokit.rest.checks.create({ ...WIDGETS, name: 'Composure', head_sha: head });
    const webhooks = await webhooksOf(() =>
      octokit.rest.checks.update({ ...WIDGETS, check_run_id: data.id, status: 'completed', conclusion: 'failure' }),
    );
    expect(webhooks.names).toEqual(['check_run.completed', 'check_suite.completed']);
  });

  it('takes a conclusion for the end', async () => {
    const { head } = await withPullRequest();
    const { data } = await (await bot()).rest.checks.create({
      ...WIDGETS,
      name: 'C',
      head_sha: head,
      conclusion: 'neutral',
    });
    expect(data).toMatchObject({ status: 'completed', conclusion: 'neutral' });
    expect(data.completed_at).not.toBeNull();
  });

  it('keeps all of an annotation, and adds those of later requests', async () => {
    const { head } = await withPullRequest();
    const octokit = await bot();
    const first = {
      path: 'src/a.ts',
      start_line: 1,
      end_line: 1,
      start_column: 1,
      end_column: 2,
      annotation_level: 'warning' as const,
      message: 'A message',
      title: 'A title',
      raw_details: 'Details',
    };
    const { data } = await octokit.rest.checks.create({
      ...WIDGETS,
      name: 'Composure',
      head_sha: head,
      output: { title: 'T', summary: 'S', annotations: [first] },
    });
    const at = { ...WIDGETS, check_run_id: data.id };
    const second = { path: 'src/a.ts', start_line: 2, end_line: 3, annotation_level: 'failure' as const, message: 'B' };
    await octokit.rest.checks.update({ ...at, output: { title: 'T', summary: 'S', annotations: [second] } });
    const listed = await octokit.rest.checks.listAnnotations(at);
    expect(listed.data).toMatchObject([first, { ...second, title: null, start_column: null }]);
    expect((await octokit.rest.checks.get(at)).data.output.annotations_count).toBe(2);
  });

  it.each([
    ['more than 50 annotations', { annotations: Array.from({ length: 51 }, annotation) }],
    ['a summary of more than 65,535 characters', { summary: 'x'.repeat(65_536) }],
    ['a text of more than 65,535 characters', { text: 'x'.repeat(65_536) }],
    ['columns on an annotation of two lines', { annotations: [{ ...annotation(), end_line: 2, start_column: 1 }] }],
  ])('refuses %s', async (_, output) => {
    const { head } = await withPullRequest();
    const request = (await bot()).rest.checks.create({
      ...WIDGETS,
      name: 'Composure',
      head_sha: head,
      output: { title: 'T', summary: 'S', ...output },
    });
    expect(await statusOf(request)).toBe(422);
  });

  function annotation() {
    return { path: 'a', start_line: 1, end_line: 1, annotation_level: 'notice' as const, message: 'm' };
  }

  it('takes 50 annotations and texts that just fit', async () => {
    const { head } = await withPullRequest();
    const output = {
      title: 'T',
      summary: 'x'.repeat(65_535),
      text: 'x'.repeat(65_535),
      annotations: Array.from({ length: 50 }, annotation),
    };
    const request = (await bot()).rest.checks.create({ ...WIDGETS, name: 'Composure', head_sha: head, output });
    expect(await statusOf(request)).toBe(201);
  });

  it('refuses a run of a person, on no commit, or without a conclusion', async () => {
    const { head } = await withPullRequest();
    const create = (octokit: Octokit, run: object) =>
      statusOf(octokit.rest.checks.create({ ...WIDGETS, name: 'Composure', head_sha: head, ...run } as never));
    expect(await create(bob(), {})).toBe(403);
    expect(await create(await bot(), { head_sha: 'f'.repeat(40) })).toBe(422);
    expect(await create(await bot(), { status: 'completed' })).toBe(422);
  });

  it('lists by commit, branch, name and App', async () => {
    const { head } = await withPullRequest();
    await conclude(head, 'success');
    await conclude(head, 'failure');
    await conclude(head, 'success', 'Another');
    const octokit = await bot();
    const list = async (filter: object) =>
      (await octokit.rest.checks.listForRef({ ...WIDGETS, ref: head, ...filter })).data;
    expect((await list({})).check_runs.map((run) => [run.name, run.conclusion])).toEqual([
      ['Another', 'success'],
      ['Composure', 'failure'],
    ]);
    expect((await list({ ref: 'feature', check_name: 'Composure' })).total_count).toBe(1);
    expect((await list({ filter: 'all' })).total_count).toBe(3);
    expect((await list({ app_id: APP.id })).total_count).toBe(2);
    expect((await list({ app_id: 999 })).total_count).toBe(0);
    expect((await list({ per_page: 1 })).check_runs).toHaveLength(1);
  });

  it('asks for checks on every push', async () => {
    await withPullRequest();
    const webhooks = await webhooksOf(() => changeOnFeature({ 'z.txt': 'z\n' }));
    expect(webhooks.find('check_suite.requested').check_suite).toMatchObject({
      head_branch: 'feature',
      status: 'queued',
      app: { id: APP.id },
    });
  });

  it('keeps one suite for all runs of a commit', async () => {
    const { head } = await withPullRequest();
    const one = await conclude(head, 'success');
    const two = await conclude(head, 'failure', 'Another');
    expect(one.check_suite?.id).toBe(two.check_suite?.id);
    const octokit = await bot();
    const { data } = await octokit.rest.checks.listSuitesForRef({ ...WIDGETS, ref: head });
    expect(data.check_suites).toMatchObject([{ conclusion: 'failure', latest_check_runs_count: 2 }]);
    const runs = await octokit.rest.checks.listForSuite({ ...WIDGETS, check_suite_id: data.check_suites[0]?.id ?? 0 });
    expect(runs.data.total_count).toBe(2);
  });

  it('passes on that a person wants a run again, and leaves the run to the App', async () => {
    const { head } = await withPullRequest();
    const run = await conclude(head, 'failure');
    const webhooks = await webhooksOf(() => bob().rest.checks.rerequestRun({ ...WIDGETS, check_run_id: run.id }));
    expect(webhooks.find('check_run.rerequested')).toMatchObject({
      sender: { login: 'bob' },
      check_run: { id: run.id, head_sha: head },
    });
    const { data } = await (await bot()).rest.checks.get({ ...WIDGETS, check_run_id: run.id });
    expect(data.conclusion).toBe('failure');
  });

  it('passes on that a person wants a suite again', async () => {
    const { head } = await withPullRequest();
    const run = await conclude(head, 'failure');
    const suite = run.check_suite?.id ?? 0;
    const webhooks = await webhooksOf(() => bob().rest.checks.rerequestSuite({ ...WIDGETS, check_suite_id: suite }));
    expect(webhooks.find('check_suite.rerequested')).toMatchObject({ check_suite: { id: suite, head_sha: head } });
  });

  it('passes on a click on a button of a run, for which GitHub has no API', async () => {
    const { head } = await withPullRequest();
    const run = await conclude(head, 'failure');
    const webhooks = await webhooksOf(() =>
      raw('/_lab/requested-action', {
        method: 'POST',
        body: JSON.stringify({ repo: 'acme/widgets', check_run_id: run.id, identifier: 'recheck', login: 'carol' }),
      }),
    );
    expect(webhooks.find('check_run.requested_action')).toMatchObject({
      requested_action: { identifier: 'recheck' },
      sender: { login: 'carol' },
    });
  });
});

describe('statuses', () => {
  it('tells of a status, and sums them up', async () => {
    const { head } = await withPullRequest();
    const octokit = await bot();
    const state = async () =>
      (await octokit.rest.repos.getCombinedStatusForRef({ ...WIDGETS, ref: 'feature' })).data.state;
    expect(await state()).toBe('pending');
    const webhooks = await webhooksOf(() =>
      octokit.rest.repos.createCommitStatus({ ...WIDGETS, sha: head, state: 'success', context: 'ci' }),
    );
    expect(webhooks.find('status')).toMatchObject({ state: 'success', context: 'ci', sha: head });
    expect(await state()).toBe('success');
    await octokit.rest.repos.createCommitStatus({ ...WIDGETS, sha: head, state: 'failure', context: 'lint' });
    expect(await state()).toBe('failure');
    const { data } = await octokit.rest.repos.listCommitStatusesForRef({ ...WIDGETS, ref: head });
    expect(data.map((status) => status.context)).toEqual(['lint', 'ci']);
  });
});
