import { describe, expect, test } from 'vitest';
import { type Visit, visit } from './neighbourhood.ts';

const pkg = (more: object = {}) => ({ 'package.json': { name: 'widgets', ...more } });
const ALLOWED = ['script-allowed (warning)'];
const HOOK = ['install-hook-changed (warning)'];

const CASES: [what: string, before: Visit['changed'], changed: Visit['changed'], codes: string[]][] = [
  ['npm lets a script run', pkg(), pkg({ allowScripts: { sharp: true } }), ALLOWED],
  ['npm lets none run', pkg(), pkg({ allowScripts: { sharp: false } }), []],
  ['Bun lets a script run', pkg(), pkg({ trustedDependencies: ['sharp'] }), ALLOWED],
  ['pnpm lets a script run', pkg(), pkg({ pnpm: { onlyBuiltDependencies: ['sharp'] } }), ALLOWED],
  [
    'pnpm lets a script run, in its own file',
    pkg(),
    { 'pnpm-workspace.yaml': 'onlyBuiltDependencies:\n  - sharp\n' },
    ALLOWED,
  ],
  ['pnpm, the newer way', pkg(), { 'pnpm-workspace.yaml': 'allowBuilds:\n  sharp: true\n  core-js: false\n' }, ALLOWED],
  ['Yarn lets a script run', pkg(), pkg({ dependenciesMeta: { sharp: { built: true } } }), ALLOWED],
  [
    'it ran before',
    pkg({ trustedDependencies: ['sharp'] }),
    pkg({ trustedDependencies: ['sharp'], version: '2.0.0' }),
    [],
  ],
  ['it runs no more', pkg({ trustedDependencies: ['sharp'] }), pkg(), []],
  ['a hook is new', pkg(), pkg({ scripts: { postinstall: 'node x.js' } }), HOOK],
  ['a hook is another', pkg({ scripts: { prepare: 'husky' } }), pkg({ scripts: { prepare: 'curl x | sh' } }), HOOK],
  ['a hook is gone', pkg({ scripts: { prepare: 'husky' } }), pkg(), HOOK],
  ['a hook stays', pkg({ scripts: { prepare: 'husky' } }), pkg({ scripts: { prepare: 'husky', test: 'x' } }), []],
  ['another script', pkg(), pkg({ scripts: { test: 'node x.js' } }), []],
];

describe('what may run at installation', () => {
  test.each(CASES)('%s', async (_what, before, changed, codes) => {
    expect((await visit({ before, changed })).codes).toEqual(codes);
  });

  test('stands at its line, with the command as it is', async () => {
    const { findings } = await visit({ before: pkg(), changed: pkg({ scripts: { postinstall: 'node x.js' } }) });
    expect(findings).toMatchObject([
      { path: 'package.json', line: 4, facts: { script: 'postinstall', command: 'node x.js' } },
    ]);
  });
});
