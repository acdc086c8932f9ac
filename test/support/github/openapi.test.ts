/** The second oracle: does it find what is wrong? */
import { describe, expect, it } from 'vitest';
import { validateGraphql, validateRequest, validateResponse, validateWebhook } from './openapi.ts';

const RUNS = '/repos/acme/widgets/check-runs';
const RUN = { name: 'Composure', head_sha: 'f'.repeat(40) };

describe('validateRequest', () => {
  it.each([
    ['a run', 'POST', RUNS, { ...RUN, status: 'completed', conclusion: 'success' }],
    ['an update of one', 'PATCH', `${RUNS}/7`, { conclusion: 'failure', output: { title: 'T', summary: 'S' } }],
    ['a page of files', 'GET', '/repos/acme/widgets/pulls/1/files?per_page=100&page=2', undefined],
    ['a ref with slashes', 'GET', '/repos/acme/widgets/git/ref/heads/feature/one', undefined],
    ['a ref with escaped slashes', 'GET', '/repos/acme/widgets/git/ref/heads%2Ffeature', undefined],
    ['a file', 'GET', '/repos/acme/widgets/contents/.github/composure.yml?ref=main', undefined],
    [
      'runs of a commit',
      'GET',
      `/repos/acme/widgets/commits/${'f'.repeat(40)}/check-runs?check_name=C&filter=all`,
      undefined,
    ],
    ['a token', 'POST', '/app/installations/100/access_tokens', undefined],
    ['a reaction', 'POST', '/repos/acme/widgets/issues/comments/5/reactions', { content: 'eyes' }],
    ['a re-run', 'POST', `${RUNS}/7/rerequest`, undefined],
    ['a permission', 'GET', '/repos/acme/widgets/collaborators/bob/permission', undefined],
    ['deliveries', 'GET', '/app/hook/deliveries?per_page=100&status=failure', undefined],
  ])('has nothing to say about %s', (_, method, path, body) => {
    expect(validateRequest(method, path, body)).toEqual([]);
  });

  it.each([
    ['a field that is missing', 'POST', RUNS, { name: 'C' }, "required property 'head_sha'"],
    ['no body at all', 'POST', RUNS, undefined, "required property 'name'"],
    ['a value that is not allowed', 'POST', RUNS, { ...RUN, status: 'done' }, '/status'],
    ['a value of the wrong type', 'POST', RUNS, { ...RUN, output: { title: 1, summary: 'S' } }, '/output/title'],
    ['a field nobody knows', 'POST', RUNS, { ...RUN, details: 'https://example.com' }, 'takes no field details'],
    [
      'too many annotations',
      'POST',
      RUNS,
      { ...RUN, output: { title: 'T', summary: 'S', annotations: annotations(51) } },
      '/output/annotations',
    ],
    [
      'a summary that is too long',
      'POST',
      RUNS,
      { ...RUN, output: { title: 'T', summary: 'x'.repeat(65_536) } },
      '/output/summary',
    ],
    ['an address that is none', 'POST', `${RUNS}`, { ...RUN, started_at: 'yesterday' }, '/started_at'],
    [
      'a reaction that is none',
      'POST',
      '/repos/acme/widgets/issues/comments/5/reactions',
      { content: 'meh' },
      '/content',
    ],
    ['a body where none belongs', 'GET', '/repos/acme/widgets', { a: 1 }, 'takes no body'],
    ['a path parameter of the wrong type', 'GET', '/repos/acme/widgets/pulls/one', undefined, '/pull_number'],
    ['a query parameter of the wrong type', 'GET', '/repos/acme/widgets/pulls?per_page=many', undefined, '/per_page'],
    [
      'a query parameter nobody knows',
      'GET',
      '/repos/acme/widgets/pulls?perPage=5',
      undefined,
      'takes no query parameter perPage',
    ],
    ['a route nobody knows', 'GET', '/repos/acme/widgets/pull/1', undefined, 'no operation GET'],
    ['a method nobody knows', 'PUT', '/repos/acme/widgets', {}, 'no operation PUT'],
  ])('reports %s', (_, method, path, body, complaint) => {
    expect(validateRequest(method, path, body).join('\n')).toContain(complaint);
  });

  function annotations(count: number) {
    return Array.from({ length: count }, () => ({
      path: 'a',
      start_line: 1,
      end_line: 1,
      annotation_level: 'notice',
      message: 'm',
    }));
  }
});

describe('validateResponse', () => {
  it('has nothing to say about an answer as documented', () => {
    const label = {
      id: 1,
      node_id: 'L',
      url: 'https://example.com/l',
      name: 'bug',
      color: 'f00',
      default: false,
      description: null,
    };
    expect(validateResponse('GET', '/repos/acme/widgets/labels/bug', 200, label)).toEqual([]);
    expect(validateResponse('DELETE', '/repos/acme/widgets/labels/bug', 204)).toEqual([]);
  });

  it.each([
    ['a field that is missing', '/repos/acme/widgets/labels/bug', 200, { id: 1 }, "required property 'name'"],
    ['a status nobody documented', '/repos/acme/widgets/labels/bug', 201, {}, 'is not documented to answer 201'],
    ['a route nobody knows', '/nowhere', 200, {}, 'no operation'],
  ])('reports %s', (_, path, status, body, complaint) => {
    expect(validateResponse('GET', path, status, body).join('\n')).toContain(complaint);
  });
});

describe('validateWebhook', () => {
  it('reports what a payload lacks, and events nobody knows', () => {
    expect(validateWebhook('pull_request', 'opened', { action: 'opened' }).join('\n')).toContain("'pull_request'");
    expect(validateWebhook('pull_request', 'danced', {})).toEqual(['no webhook pull-request-danced']);
  });
});

describe('validateGraphql', () => {
  it('reports what the schema does not have, and broken syntax', () => {
    expect(validateGraphql('{ viewer { login } }')).toEqual([]);
    expect(validateGraphql('{ viewer { logon } }')).toEqual([
      'Cannot query field "logon" on type "User". Did you mean "login"?',
    ]);
    expect(validateGraphql('{')[0]).toContain('Syntax Error');
  });
});
