import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { practices } from '../../src/practices/index.ts';
import { type Content, createRepository, type TestRepository, temporaryFolder } from '../support/local-repository.ts';
import { createRegistry, type Registry } from '../support/registry/index.ts';
import { composure, type Ended } from './package-folder.ts';

/** A branch off `main`, with what both hold. */
function repositoryWith(after: Record<string, Content>, before: Record<string, Content> = {}): TestRepository {
  return createRepository([{ files: { 'README.md': '# Widgets\n', ...before } }, { on: 'feature', files: after }]);
}

function lines(count: number): string {
  return Array.from({ length: count }, (_, index) => `export const value${index} = ${index};\n`).join('');
}

const config = (text: string) => ({ '.github/composure.yml': text });
const dependingOn = (dependencies: object) => ({
  'package.json': JSON.stringify({ name: 'widgets', dependencies }, null, 2),
});

let registry: Registry;
beforeAll(async () => {
  registry = await createRegistry({ packages: { 'is-there': { versions: ['1.0.0'] }, 'is-down': { status: 503 } } });
});
afterAll(() => registry.close());

async function check(repository: TestRepository, ...args: string[]): Promise<Ended> {
  return composure(['check', '--cwd', repository.path, '--registry', registry.url, ...args]);
}

interface Json {
  conclusion: string;
  base: string;
  head: string;
  problems: object[];
  practices: { id: string; mode: string; outcome: string; findings: { code: string }[] }[];
}

async function checkJson(repository: TestRepository, ...args: string[]): Promise<Ended & { json: Json }> {
  const ended = await check(repository, '--format', 'json', ...args);
  return { ...ended, json: JSON.parse(ended.stdout) as Json };
}

const outcomes = ({ practices }: Json) => Object.fromEntries(practices.map(({ id, outcome }) => [id, outcome]));

describe('exit code 0', () => {
  it('where nothing blocks; a reviewer who must act does not count', async () => {
    const repository = repositoryWith({ 'src/a.ts': lines(10) });
    const { code, stderr, json } = await checkJson(repository);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(outcomes(json)).toMatchObject({ size: 'pass', checklists: 'waiting' });
    expect(json.conclusion).toBe('action_required');
    expect(json.base).toBe(repository.git('rev-parse', 'main').trim());
    expect(json.head).toBe(repository.git('rev-parse', 'feature').trim());
    expect(json.practices.map(({ id }) => id)).toEqual(practices.map(({ id }) => id));
  });

  it('where a practice only warns', async () => {
    const warn = config('size: { mode: warn, max-lines: 5 }\nchecklists: { mode: off }\n');
    const { code, json } = await checkJson(repositoryWith({ 'src/a.ts': lines(10) }, warn));
    expect(code).toBe(0);
    expect(outcomes(json).size).toBe('violation');
    expect(json.conclusion).toBe('success');
  });

  it('where facts are missing, with a line about it; 1 when that is to fail', async () => {
    const repository = repositoryWith(dependingOn({ 'is-down': '1.0.0' }), dependingOn({}));
    const lenient = await checkJson(repository);
    expect(lenient.code).toBe(0);
    expect(outcomes(lenient.json).dependencies).toBe('undetermined');
    expect(lenient.json.conclusion).toBe('action_required');
    expect(lenient.stderr).toMatch(/^composure: dependencies is undetermined; could not read .*is-down.*\n$/);
    expect((await check(repository, '--strict')).code).toBe(1);
  });

  it('offline: what needs the network is undetermined, and nobody is asked', async () => {
    const repository = repositoryWith(dependingOn({ 'not-there-at-all': '1.0.0' }), dependingOn({}));
    const asked = registry.requests.length;
    const { code, stdout } = await composure(['check', '--cwd', repository.path, '--offline', '--format', 'json'], {
      env: { COMPOSURE_NPM_REGISTRY: registry.url },
    });
    expect(code).toBe(0);
    expect(outcomes(JSON.parse(stdout)).dependencies).toBe('undetermined');
    expect(registry.requests).toHaveLength(asked);
  });
});

describe('exit code 1', () => {
  it('where a violation blocks, told in words', async () => {
    const { code, stdout, stderr } = await check(repositoryWith({ 'src/a.ts': lines(500) }));
    expect({ code, stderr }).toEqual({ code: 1, stderr: '' });
    expect(stdout).toMatch(/^This change is not ready: Size\.\n/);
    expect(stdout).toContain('feature into main: 1 commit, 1 file, +500 -0');
    expect(stdout).not.toContain('\u001b');
  });

  it('where a package does not exist', async () => {
    const repository = repositoryWith(
      dependingOn({ 'is-there': '1.0.0', 'not-there-at-all': '1.0.0' }),
      dependingOn({}),
    );
    const { code, json } = await checkJson(repository);
    expect(code).toBe(1);
    const findings = json.practices.find(({ id }) => id === 'dependencies')?.findings;
    expect(findings).toMatchObject([{ code: 'package-absent', path: 'package.json', line: expect.any(Number) }]);
  });

  it('from a bare clone, with names for both ends', async () => {
    const { path, git } = repositoryWith({ 'src/a.ts': lines(500) });
    const bare = join(temporaryFolder(), 'mirror.git');
    git('clone', '--quiet', '--mirror', path, bare);
    const { code } = await composure(['check', '--cwd', bare, '--base', 'main', '--head', 'feature', '--offline']);
    expect(code).toBe(1);
  });
});

describe('the configuration', () => {
  const strict = config('size: { max-lines: 5 }\n');
  const loose = config('size: { max-lines: 5000 }\n');
  const broken = config('size: { max-line: 5 }\n');

  it('is that of the base: no change loosens its own gate', async () => {
    const { code, json } = await checkJson(repositoryWith({ 'src/a.ts': lines(10), ...loose }, strict));
    expect(code).toBe(1);
    expect(outcomes(json).size).toBe('violation');
  });

  it('is that of the base’s tip, even where the branch began before it', async () => {
    const repository = createRepository([
      { files: { a: '1\n' } },
      { on: 'feature', files: { 'src/a.ts': lines(10) } },
      { files: strict },
      { on: 'feature', files: { b: '1\n' } },
    ]);
    expect((await check(repository)).code).toBe(1);
  });

  it('may be a file of the caller’s, wherever the repository is', async () => {
    const cwd = temporaryFolder();
    writeFileSync(join(cwd, 'ours.yml'), 'size: { max-lines: 5 }\n');
    const { path } = repositoryWith({ 'src/a.ts': lines(10) }, loose);
    const ended = await composure(['check', '--cwd', path, '--config', 'ours.yml', '--offline'], { cwd });
    expect(ended.code).toBe(1);
  });

  it('ends with 2 where the base is broken, and the JSON is still whole', async () => {
    const { code, stderr, json } = await checkJson(repositoryWith({ 'src/a.ts': lines(10) }, broken));
    expect(code).toBe(2);
    expect(json).toMatchObject({ conclusion: 'failure', practices: [] });
    expect(json.problems).toMatchObject([{ path: '.github/composure.yml', line: 1, column: 9 }]);
    expect(stderr).toMatch(/^composure: \.github\/composure\.yml:1:9: .*max-lines.*\n$/);
  });

  it('ends with 2 where the change breaks it, and judges by the base all the same', async () => {
    const { code, json } = await checkJson(repositoryWith({ 'src/a.ts': lines(10), ...broken }, strict));
    expect(code).toBe(2);
    expect(json.problems).toMatchObject([{ path: '.github/composure.yml', line: 1, column: 9 }]);
    expect(outcomes(json).size).toBe('violation');
  });
});

describe('exit code 2', () => {
  const wrongUses: [name: string, args: string[], complaint: RegExp][] = [
    ['an unknown option', ['check', '--bsae', 'main'], /unknown option '--bsae'/],
    ['an unknown command', ['chek'], /unknown command 'chek'/],
    ['an unknown format', ['check', '--format', 'xml'], /Allowed choices are text, json/],
    ['something left over', ['check', 'main'], /too many arguments/],
    ['two options against each other', ['check', '--offline', '--registry', 'http://a.test'], /cannot be used with/],
    ['a registry that is none', ['check', '--registry', 'a.test'], /--registry must be a URL/],
    ['a folder that is not there', ['check', '--cwd', '/not/there'], /There is no folder \/not\/there/],
    ['a file that is not there', ['check', '--pr-body', '/not/there'], /cannot be read: ENOENT.*\/not\/there/],
    ['a configuration that is not there', ['check', '--config', '/not/there'], /cannot be read: ENOENT/],
    ['no command', [], /Usage: composure/],
  ];
  it.each(wrongUses)('for %s', async (_name, args, complaint) => {
    const { code, stdout, stderr } = await composure(args);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toMatch(complaint);
  });

  it('outside of a repository', async () => {
    const cwd = temporaryFolder('plain');
    const { code, stdout, stderr } = await composure(['check'], { cwd });
    expect({ code, stdout, stderr }).toEqual({
      code: 2,
      stdout: '',
      stderr: `composure: ${cwd} is not inside a git repository.\n`,
    });
  });

  it('for a base that does not exist, whatever its name does to a terminal', async () => {
    const { code, stderr } = await check(repositoryWith({ a: '' }), '--base', 'x\u001b[31m\n\u202e');
    expect(code).toBe(2);
    expect(stderr).toMatch(/^composure: There is no commit called .* in this repository\.\n$/);
    expect(stderr).not.toMatch(/[\u001b\u202e]/);
  });
});

describe('--pr-body and --author', () => {
  it('are what the pull request would say, and who would open it', async () => {
    const { path } = repositoryWith({ a: '1\n' });
    const body = join(temporaryFolder(), 'body.md');
    writeFileSync(body, 'Why: because.\n');
    const { code, stderr } = await composure([
      'check',
      '--cwd',
      path,
      '--pr-body',
      body,
      '--author',
      'octocat',
      '--offline',
    ]);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  });
});

const escaped = (text: string) => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');

describe('help', () => {
  it('names every practice with its summary, and every exit code', async () => {
    const { code, stdout, stderr } = await composure(['check', '--help']);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    for (const { id, summary } of practices) expect(stdout).toMatch(new RegExp(`^  ${id} +${escaped(summary)}$`, 'm'));
    expect(stdout).toMatch(/Exit codes:\n {2}0 .*\n {2}1 .*\n {2}2 /);
    for (const option of [
      'base',
      'head',
      'cwd',
      'config',
      'format',
      'offline',
      'registry',
      'pr-body',
      'author',
      'strict',
    ]) {
      expect(stdout).toContain(`--${option}`);
    }
  });

  it('does not speak of what is for npm start alone', async () => {
    const { stdout } = await composure(['--help']);
    expect(stdout).toContain('check [options]');
    expect(stdout).not.toMatch(/^ {2}start/m);
  });
});
