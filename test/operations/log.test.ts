import { Writable } from 'node:stream';
import fc from 'fast-check';
import { expect, it, test } from 'vitest';
import { createLog, logWithWork } from '../../src/operations/log.ts';

function logTo(level = 'info') {
  const lines: string[] = [];
  const stream = new Writable({
    write(chunk, _, done) {
      lines.push(String(chunk));
      done();
    },
  });
  return { log: createLog(level, stream), lines, read: () => lines.map((line) => JSON.parse(line)) };
}

it('names the work and its delivery in every line, of child loggers too, and in none outside', async () => {
  const { log, read } = logTo();
  await logWithWork({ key: '1/acme/widgets#2', delivery: 'd-1' }, async () => {
    await Promise.resolve();
    log.info('one');
    log.child({ name: 'octokit' }).warn({ a: 1 }, 'two');
  });
  log.info('three');
  const [one, two, three] = read();
  expect(one).toMatchObject({ msg: 'one', key: '1/acme/widgets#2', delivery: 'd-1' });
  expect(two).toMatchObject({ msg: 'two', key: '1/acme/widgets#2', a: 1 });
  expect(three).not.toHaveProperty('key');
});

it('says of an error what helps, and nothing that a library hung on it', () => {
  const { log, lines, read } = logTo();
  const request = { method: 'POST', headers: { authorization: 'x' }, body: 'a body' };
  const error = Object.assign(new Error('Bad', { cause: new Error('why') }), {
    status: 502,
    request,
    event: { payload: 'p' },
  });
  log.error({ err: error }, 'failed');
  log.error(error);
  for (const line of read()) {
    expect(line.err).toMatchObject({
      type: 'Error',
      message: 'Bad',
      status: 502,
      method: 'POST',
      cause: { message: 'why' },
    });
  }
  expect(lines.join('')).not.toMatch(/a body|authorization|payload/);
});

it("prints no header of Probot's request lines, and those only where they failed", () => {
  const { log, read } = logTo();
  const http = log.child({ name: 'http' });
  http.info({ req: { headers: { 'x-hub-signature-256': 'secret' } } }, 'fine');
  http.error({ req: { method: 'POST', headers: { 'x-hub-signature-256': 'secret' } }, res: { headers: {} } }, 'bad');
  expect(read()).toMatchObject([{ msg: 'bad', req: { method: 'POST' } }]);
  expect(read()[0].req).not.toHaveProperty('headers');
});

test.each([
  ['an installation token', `ghs_${'a1B2'.repeat(9)}`],
  ['a fine-grained token', `github_pat_${'a1_B2'.repeat(9)}`],
  ['a JSON web token', 'eyJhbGciOiJSUzI1NiJ9.eyJpc3MiOjEyMzQ1fQ.c2lnbmF0dXJl-_'],
  ['a signature', `sha256=${'0f'.repeat(32)}`],
  ['a bearer', 'c29tZXRoaW5nLXNlY3JldA'],
  ['a key', '-----BEGIN RSA PRIVATE KEY-----\nMIIEabc\n-----END RSA PRIVATE KEY-----'],
  ['a password', 'hunter2!'],
])('masks %s wherever it stands', (name, secret) => {
  const { log, lines } = logTo();
  const told =
    name === 'a bearer' ? `Bearer ${secret}` : name === 'a password' ? `postgres://me:${secret}@host/db` : secret;
  log.info({ deep: { er: [told] } }, `said ${told}.`);
  log.error({ err: new Error(told) });
  expect(lines.join('')).not.toContain(secret.replaceAll('\n', '\\n'));
  expect(lines.join('')).toContain('[redacted]');
});

test('whatever is logged stays one line of JSON', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (text) => {
      const { log, lines, read } = logTo();
      log.info({ text }, `Bearer ${text} -----BEGIN PRIVATE KEY----- ${text}`);
      expect(lines).toHaveLength(1);
      expect(read()[0].level).toBeDefined();
    }),
  );
});
