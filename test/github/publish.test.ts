import { describe, expect, it } from 'vitest';
import { publishCheck, publishComment, publishInProgress } from '../../src/github/publish.ts';
import type { OwnCheck } from '../../src/github/read.ts';
import type { Annotation, RenderedCheck } from '../../src/render/check-run.ts';
import { type Call, nockGitHub, type Reply } from '../support/nock-github.ts';
import { HEAD, WIDGETS } from './snapshot.ts';

const CREATE = 'POST /repos/acme/widgets/check-runs';
const update = (id: number) => `PATCH /repos/acme/widgets/check-runs/${id}`;
const github = nockGitHub();

interface Output {
  title: string;
  summary: string;
  text?: string;
  annotations?: Annotation[];
}

/** A check run as GitHub keeps it. */
interface Run extends OwnCheck {
  annotations: Annotation[];
}

/** GitHub's check runs: made, changed in part, and with annotations that can only be added to. */
function keepRuns(...earlier: Run[]) {
  const runs = earlier;
  let failing = Number.POSITIVE_INFINITY;

  function apply(run: Run, { body }: Call): Reply {
    if (--failing < 0) return { status: 502, body: { message: 'Bad gateway' } };
    const { status, conclusion, output } = body as { status?: string; conclusion?: string; output?: Output };
    expect(output?.annotations?.length ?? 0).toBeLessThanOrEqual(50);
    if (!runs.includes(run)) runs.push(run);
    Object.assign(
      run,
      status && { status },
      conclusion && { conclusion },
      output?.text !== undefined && { text: output.text },
    );
    run.annotations.push(...(output?.annotations ?? []));
    return { body: { id: run.id } };
  }

  function expectUpdates(run: Run): Run {
    github.rest(update(run.id), (call) => apply(run, call), { times: 'any' });
    return run;
  }

  for (const run of runs) expectUpdates(run);
  github.rest(
    CREATE,
    (call) => {
      const id = 100 + runs.length;
      return apply(expectUpdates({ id, status: 'queued', conclusion: null, text: '', annotations: [] }), call);
    },
    { times: 'any' },
  );
  return {
    runs,
    newest: () => runs.at(-1) ?? null,
    /** From the write after so many on, GitHub fails. */
    failAfter(writes: number) {
      failing = writes;
    },
  };
}

function check(overrides: Partial<RenderedCheck> = {}): RenderedCheck {
  return {
    conclusion: 'failure',
    title: 'Too large',
    summary: 'A summary',
    text: 'A text',
    annotations: [],
    ...overrides,
  };
}

function annotations(count: number, message = 'Look'): Annotation[] {
  return Array.from({ length: count }, (_, index) => ({
    path: 'src/a.ts',
    start_line: index + 1,
    end_line: index + 1,
    annotation_level: 'failure',
    title: 'Size: too-many-lines',
    message,
  }));
}

function publish(content: RenderedCheck, existing: OwnCheck | null) {
  return publishCheck(github.client, WIDGETS, { headSha: HEAD, externalId: '7', existing }, content);
}

describe('publishCheck', () => {
  it('makes a run where there is none', async () => {
    const kept = keepRuns();
    expect(await publish(check(), null)).toBe('created');
    expect(github.calls).toMatchObject([
      {
        route: CREATE,
        body: {
          name: 'Composure',
          head_sha: HEAD,
          external_id: '7',
          status: 'completed',
          conclusion: 'failure',
          output: { title: 'Too large', summary: 'A summary', text: expect.stringContaining('A text') },
        },
      },
    ]);
    expect(kept.runs).toHaveLength(1);
  });

  it.each([0, 1, 50, 51, 200])('writes nothing when all is said already, with %i annotations', async (count) => {
    const kept = keepRuns();
    const content = check({ annotations: annotations(count) });
    await publish(content, null);
    expect(kept.newest()?.annotations).toEqual(content.annotations);
    github.takeRoutes();
    expect(await publish(structuredClone(content), kept.newest())).toBe('unchanged');
    expect(github.takeRoutes()).toEqual([]);
  });

  const changes: { name: string; change: Partial<RenderedCheck> }[] = [
    { name: 'the conclusion', change: { conclusion: 'success' } },
    { name: 'the title', change: { title: 'Fine' } },
    { name: 'the summary', change: { summary: 'Another' } },
    { name: 'the text', change: { text: 'Another' } },
  ];
  it.each(changes)('changes the run in place for $name, without its annotations', async ({ change }) => {
    const kept = keepRuns();
    const content = check({ annotations: annotations(60) });
    await publish(content, null);
    github.takeRoutes();
    expect(await publish({ ...content, ...change }, kept.newest())).toBe('updated');
    expect(github.takeRoutes()).toEqual([update(100)]);
    expect(kept.newest()?.annotations).toHaveLength(60);
    expect(await publish({ ...content, ...change }, kept.newest())).toBe('unchanged');
  });

  it.each([
    ['others', annotations(1, 'Look again')],
    ['none', []],
    ['more', annotations(3)],
  ])('makes a new run for changed annotations, which cannot be taken away: %s', async (_, changed) => {
    const kept = keepRuns();
    await publish(check({ annotations: annotations(2) }), null);
    expect(await publish(check({ annotations: changed }), kept.newest())).toBe('updated');
    expect(kept.runs).toHaveLength(2);
    expect(kept.newest()?.annotations).toEqual(changed);
  });

  it('sends 50 annotations at a time, in order', async () => {
    const kept = keepRuns();
    const content = check({ annotations: annotations(120) });
    await publish(content, null);
    expect(github.takeRoutes()).toEqual([CREATE, update(100), update(100)]);
    expect(kept.newest()?.annotations).toEqual(content.annotations);
  });

  it.each([1, 2])('does not take a run for finished that broke off after %i writes', async (writes) => {
    const kept = keepRuns();
    const content = check({ annotations: annotations(120) });
    kept.failAfter(writes);
    await expect(publish(content, null)).rejects.toMatchObject({ status: 502 });
    kept.failAfter(Number.POSITIVE_INFINITY);
    expect(await publish(content, kept.newest())).toBe('updated');
    expect(kept.newest()?.annotations).toEqual(content.annotations);
    expect(await publish(content, kept.newest())).toBe('unchanged');
  });

  it('completes an unfinished run in place', async () => {
    const kept = keepRuns({ id: 3, status: 'in_progress', conclusion: null, text: '', annotations: [] });
    const content = check({ annotations: annotations(51) });
    expect(await publish(content, kept.newest())).toBe('updated');
    expect(kept.runs).toMatchObject([{ id: 3, status: 'completed', conclusion: 'failure' }]);
    expect(kept.newest()?.annotations).toEqual(content.annotations);
    expect(await publish(content, kept.newest())).toBe('unchanged');
  });

  it('does not believe a mark that stands elsewhere in the text', async () => {
    const kept = keepRuns();
    await publish(check(), null);
    const forged = { ...(kept.newest() as Run), text: `${kept.newest()?.text}\nand more` };
    expect(await publish(check(), forged)).toBe('updated');
  });

  it('lets a failure be known', async () => {
    github.rest(CREATE, { status: 422, body: { message: 'Validation Failed' } });
    await expect(publish(check(), null)).rejects.toMatchObject({ status: 422 });
  });
});

describe('publishInProgress', () => {
  it('makes an unfinished run that is then completed', async () => {
    const kept = keepRuns();
    const target = { headSha: HEAD, externalId: '7' };
    const run = await publishInProgress(github.client, WIDGETS, target, { title: 'Reading', summary: 'Wait' });
    expect(run).toEqual({ id: 100, status: 'in_progress', conclusion: null, text: '' });
    expect(await publish(check(), run)).toBe('updated');
    expect(kept.runs).toHaveLength(1);
  });
});

describe('publishComment', () => {
  const edit = 'PATCH /repos/acme/widgets/issues/comments/31';
  const create = 'POST /repos/acme/widgets/issues/7/comments';
  const existing = {
    id: 31,
    nodeId: 'IC_31',
    body: '<!-- composure -->\n\n- [ ] a\n',
    createdAt: '2026-11-20T12:00:00Z',
    editedAt: null,
    writtenBy: 'composure[bot]',
    versions: 1,
  };
  const publishIt = (body: string, found: typeof existing | null = existing) =>
    publishComment(github.client, WIDGETS, 7, found, body);

  it('makes one', async () => {
    github.rest(create, { status: 201, body: { id: 31, node_id: 'IC_31' } });
    expect(await publishIt('<!-- composure -->', null)).toBe('IC_31');
    expect(github.calls[0]?.body).toEqual({ body: '<!-- composure -->' });
  });

  it('edits it in place', async () => {
    github.rest(edit, { body: { id: 31 } });
    expect(await publishIt('<!-- composure -->\n\n- [x] a\n')).toBeNull();
    expect(github.calls[0]?.body).toEqual({ body: '<!-- composure -->\n\n- [x] a\n' });
  });

  it.each([
    ['the same', existing.body],
    ['other ends of lines', existing.body.replaceAll('\n', '\r\n')],
    ['trimmed', existing.body.trim()],
  ])('writes nothing: %s', async (_, body) => {
    expect(await publishIt(body)).toBeNull();
    expect(github.takeRoutes()).toEqual([]);
  });

  it('makes it anew where somebody deleted it meanwhile', async () => {
    github.rest(edit, { status: 404, body: { message: 'Not Found' } });
    github.rest(create, { status: 201, body: { id: 32, node_id: 'IC_32' } });
    expect(await publishIt('new')).toBe('IC_32');
  });

  it.each([403, 422, 500])('does not write another one for other failures: %i', async (status) => {
    github.rest(edit, { status, body: { message: 'No' } });
    await expect(publishIt('new')).rejects.toMatchObject({ status });
  });
});
