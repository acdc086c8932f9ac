import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { generateDocs, presetsTable } from '../../scripts/generate-docs.ts';
import { CONFIG_PATH } from '../../src/config/config.ts';
import { resolveConfig } from '../../src/config/resolve.ts';
import { practices } from '../../src/practices/index.ts';
import { samplePractices } from './sample-practices.ts';

describe('generated parts of the pages', () => {
  it.each(generateDocs())('$page is what the practices say: run `npm run docs:generate`', ({ before, after }) => {
    expect(before).toBe(after);
  });

  it('shows every setting in the three presets, what differs from `standard` in bold', () => {
    const rows = presetsTable(samplePractices).split('\n');
    expect(rows).toContain('| `length` | `mode` | **`warn`** | `block` | `block` |');
    expect(rows).toContain('| `length` | `max-lines` | **`800`** | `400` | **`200`** |');
    expect(rows).toContain('| `records` | `attest-by` | `reviewers` | `reviewers` | `reviewers` |');
    expect(rows).toContain('| `length` | `weights.tests` | `0.5` | `0.5` | `0.5` |');
    expect(rows).toHaveLength(2 + 8 + 7);
  });
});

describe('docs/configuration.md', () => {
  const page = readFileSync(new URL('../../docs/configuration.md', import.meta.url), 'utf8');
  const examples = [...page.matchAll(/^```yaml\n(.*?)^```/gms)].map(([, text]) => text ?? '');

  it('has examples', () => expect(examples.length).toBeGreaterThanOrEqual(4));

  it.each(examples)('gives examples that are valid: %j', (text) => {
    expect(resolveConfig([{ source: 'repository', path: CONFIG_PATH, text }], practices)).toMatchObject({ ok: true });
  });
});
