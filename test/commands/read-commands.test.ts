import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { addedLines, holdsCommands, stretchesOf } from '../../src/commands/command-lines.ts';
import { readCommands } from '../../src/commands/read-commands.ts';
import { changedFile } from '../support/pull-request.ts';

const cases: [line: string, mentions: string[]][] = [
  ['npm install aa b@1 @s/c', ['npm install aa', 'npm install b@1', 'npm install @s/c']],
  ['npm i --save-dev aa', ['npm i aa']],
  ['npm --prefix x install aa', ['npm install aa']],
  ['sudo npm install -g aa', ['npm install aa']],
  ['npx -y aa@latest b c', ['npx aa@latest']],
  ['npx --package aa --package b run-it', ['npx aa', 'npx b']],
  ['npm exec -- aa --flag', ['npm exec aa']],
  ['npm x aa', ['npm x aa']],
  ['pnpm -w add aa', ['pnpm add aa']],
  ['pnpm dlx aa b', ['pnpm dlx aa']],
  ['pnpm --filter=x add aa', ['pnpm add aa']],
  ['yarn add aa -D', ['yarn add aa']],
  ['yarn workspace x add aa', ['yarn add aa']],
  ['yarn global add aa', ['yarn global add aa']],
  ['bun add aa', ['bun add aa']],
  ['bunx aa', ['bunx aa']],
  ['bun x aa', ['bun x aa']],
  ['a && npm i b || npx c; pnpm add d', ['npm i b', 'npx c', 'pnpm add d']],
  ['$(npx aa)', ['npx aa']],
  ['npm i aa > log 2>&1', ['npm i aa']],
  ['npm i aa # b c', ['npm i aa']],
  ['npm i aa to get b', ['npm i aa']],
  ['npm create vite@latest my-app -- --template vue', ['npm create create-vite@latest']],
  ['npm init @scope', ['npm init @scope/create']],
  ['npm init @scope@2', ['npm init @scope/create@2']],
  ['npm init @scope/app', ['npm init @scope/create-app']],
  ['npm init -y', []],
  ['npm init', []],
  ['pnpm create next-app', ['pnpm create create-next-app']],
  ['pnpm init', []],
  ['yarn create @scope/app@1 x', ['yarn create @scope/create-app@1']],
  ['yarn init -2', []],
  ['bun create svelte', ['bun create create-svelte']],
  ['bun c svelte', ['bun c create-svelte']],
  ['npm create <name>', ['npm create <name>']],
  ['RUN ["npm", "install", "-g", "aa", "bb@1"]', ['npm install aa', 'npm install bb@1']],
  ['CMD ["npx","--yes","aa"]', ['npx aa']],
  ['ENTRYPOINT [ "bunx", "@s/aa" ]', ['bunx @s/aa']],
  ['npm test', []],
  ['npm run install aa', []],
  ['yarn', []],
  ['pnpm exec aa', []],
  ['my-npm install aa', []],
  ['npm-run-all aa b', []],
];

describe('readCommands', () => {
  test.each(cases)('%s', (line, mentions) => {
    expect(readCommands(line).map(({ command, written }) => `${command} ${written}`)).toEqual(mentions);
  });

  test('any line is read, and in time', () => {
    const word = fc.constantFrom(
      'npm',
      'npx',
      'i',
      'install',
      'pnpm',
      'add',
      '-p',
      '--package=',
      '--',
      '"',
      '`',
      '&&',
      '(',
      '$',
      ' ',
      '\\',
      'a',
      '@',
      '<br>',
      ',',
    );
    fc.assert(
      fc.property(
        fc.oneof(
          fc.array(word).map((words) => words.join(' ')),
          fc.string(),
        ),
        (line) => void readCommands(line),
      ),
    );
    for (const line of [
      'npm i '.repeat(100_000),
      `npm ${'-C '.repeat(100_000)}`,
      '`'.repeat(200_000),
      `npx ${'('.repeat(200_000)}`,
    ]) {
      const start = performance.now();
      readCommands(line);
      stretchesOf('README.md', line);
      expect(performance.now() - start).toBeLessThan(2_000);
    }
  });
});

describe('where commands stand', () => {
  test.each([
    'README.md',
    'AGENTS.md',
    'x/SKILL.md',
    '.cursorrules',
    '.cursor/rules/a.mdc',
    'Dockerfile',
    'a/Dockerfile.dev',
    '.github/workflows/a.yml',
    'setup.sh',
    'Makefile',
    'package.json',
    '.husky/pre-commit',
    'scripts/release',
    '.devcontainer/devcontainer.json',
  ])('%s holds commands', (path) => {
    expect(holdsCommands(path)).toBe(true);
  });

  test.each(['src/a.ts', 'scripts/a.ts', 'a.css', 'config/a.yml', 'package-lock.json'])('%s does not', (path) => {
    expect(holdsCommands(path)).toBe(false);
  });

  test('only added lines count, and a command may go on behind a backslash', () => {
    const file = changedFile('a.sh', 'one\nnpm i old\n', 'one\nnpm i old\nnpm i \\\n  new\nlast\n');
    expect(addedLines(file).map(({ line, text }) => [line, text.replace(/\s+/g, ' ')])).toEqual([
      [3, 'npm i new'],
      [5, 'last'],
    ]);
  });
});
