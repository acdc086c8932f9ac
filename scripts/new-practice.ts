/**
 * Makes the skeleton of a practice: its file, its test, its page, and its lines in the catalogue.
 *
 *     npm run practice:new my-rule
 */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** Kebab-case, as keys of the configuration are. */
const ID = /^[a-z][a-z0-9]*(?:-[a-z][a-z0-9]*)*$/;
const MAX_ID_LENGTH = 40;

/** These stand beside practices in the configuration or in the folder, or cannot name anything in TypeScript. */
const TAKEN = new Set(
  (
    'preset extends version define-practice index practices mode ' +
    'arguments await break case catch class const continue debugger default delete do else enum eval export false finally ' +
    'for function if implements import in instanceof interface let new null package private protected public return ' +
    'static super switch this throw true try typeof var void while with yield'
  ).split(' '),
);

/** Why an id cannot be had, as a sentence; `null` where it can. */
export function objectionTo(id: string, root: string): string | null {
  if (!ID.test(id) || id.length > MAX_ID_LENGTH) {
    return `A practice is named in lower-case words joined by hyphens, such as "my-rule", of at most ${MAX_ID_LENGTH} letters.`;
  }
  if (TAKEN.has(id)) return `"${id}" means something else already. Choose another name.`;
  const existing = Object.keys(skeleton(id)).find((path) => existsSync(join(root, path)));
  return existing ? `There is ${existing} already. Choose another name, or remove it first.` : null;
}

/** Writes the skeleton below `root` and says what was written. */
export function createPractice(id: string, root: string): string[] {
  const files = skeleton(id);
  const catalogue = 'src/practices/index.ts';
  const listed = addToCatalogue(readFileSync(join(root, catalogue), 'utf8'), id);
  for (const [path, text] of Object.entries({ ...files, [catalogue]: listed })) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  }
  return [...Object.keys(files), catalogue];
}

function addToCatalogue(text: string, id: string): string {
  const name = camelCase(id);
  const lines = text.split('\n');
  const list = lines.findIndex((line) => line.startsWith('export const practices'));
  if (list < 0) throw new Error('src/practices/index.ts has no `export const practices` line to add to');
  const end = lines.findIndex((line, index) => index >= list && line.includes('];'));
  lines[end] = lines[end]!.replace(/,?\s*\];/, (closing) =>
    closing.trim() === '];' && end > list ? `  ${name},\n];` : `, ${name}];`,
  );
  const specifier = `./${id}.ts`;
  const after = lines.findIndex((line) => (/from '(\.\/[^']+)'/.exec(line)?.[1] ?? '') > specifier);
  lines.splice(after < 0 || after > list ? lines.indexOf('') : after, 0, `import { ${name} } from '${specifier}';`);
  return lines.join('\n');
}

function camelCase(id: string): string {
  return id.replace(/-(.)/g, (_, letter: string) => letter.toUpperCase());
}

function titleOf(id: string): string {
  const words = id.replaceAll('-', ' ');
  return words[0]!.toUpperCase() + words.slice(1);
}

/** The files of a new practice, by path. It passes its own test and the catalogue's, and finds nothing amiss yet. */
function skeleton(id: string): Record<string, string> {
  const name = camelCase(id);
  return {
    [`src/practices/${id}.ts`]: `import { z } from 'zod';
import { definePractice } from './define-practice.ts';

const options = z.strictObject({
  'max-titles': z.int().min(0).default(0).describe('Say here what the option means, with its unit.'),
});

export const ${name} = definePractice({
  id: '${id}',
  title: '${titleOf(id)}',
  summary: 'Say here in one line what a pull request is asked for.',
  options,
  presets: { advisory: { mode: 'off' }, standard: { mode: 'off' }, strict: { mode: 'off' } },
  judgesDependencyBots: false,
  messages: {
    'code-of-finding': {
      level: 'error',
      text: (facts) => \`What was seen (\${facts.seen}), why it matters, who can unblock it, and how.\`,
    },
  },

  // What it needs beyond the snapshot goes into \`needs\`; without that it is asked for nothing.

  evaluate({ pullRequest, options, finding }) {
    const seen = pullRequest.title === '' ? 1 : 0;
    const findings = seen > options['max-titles'] ? [finding('code-of-finding', { seen })] : [];
    return { summary: 'What came out, in one line.', facts: { seen }, findings };
  },
});
`,
    [`test/practices/${id}.test.ts`]: `import { describe, expect, test } from 'vitest';
import { Evidence } from '../../src/model/evidence.ts';
import { ${name} } from '../../src/practices/${id}.ts';
import { pullRequest } from '../support/pull-request.ts';

const cases = [
  { name: 'a change with nothing amiss', change: {}, codes: [] },
  { name: 'a change with something amiss', change: { title: '' }, codes: ['code-of-finding'] },
];

describe('a change', () => {
  test.each(cases)('$name', ({ change, codes }) => {
    const { findings = [] } = ${name}.evaluate(pullRequest(change), ${name}.options.parse({}), new Evidence());
    expect(findings.map((finding) => finding.code)).toEqual(codes);
  });
});
`,
    [`docs/practices/${id}.md`]: `# ${titleOf(id)}

> Say here in one line what a pull request is asked for.

Say why it matters.

## Options

| option | default | meaning |
| --- | --- | --- |
| \`max-titles\` | 0 | Say here what the option means. |

## Findings

| code | level | what it says |
| --- | --- | --- |
| \`code-of-finding\` | error | Say what was seen. |

## Who can act

Say who, and how.
`,
  };
}

if (import.meta.main) {
  const [id = '', ...rest] = process.argv.slice(2);
  const root = process.cwd();
  const objection = rest.length > 0 || id === '' ? 'Use: npm run practice:new <id>' : objectionTo(id, root);
  if (objection) {
    console.error(objection);
    process.exitCode = 2;
  } else {
    for (const path of createPractice(id, root)) console.log(path);
    console.log('\nNow write it, and then: npm run docs:generate && npm run schema:generate');
  }
}
