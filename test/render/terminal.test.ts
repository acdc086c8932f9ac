import { stripVTControlCharacters } from 'node:util';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { renderTerminal } from '../../src/render/terminal.ts';
import { HOSTILE, hostileText } from './hostile.ts';
import { ADR, CHECKLISTS, DEPENDENCIES, finding, item, PULL_REQUEST, practice, review, SIZE } from './sample.ts';

const plain = { width: 80, colour: false };
const graphemes = new Intl.Segmenter('en');

describe('renderTerminal', () => {
  it('says what stands in the way, where, and who does what next', () => {
    const text = renderTerminal(review('failure', [SIZE, CHECKLISTS, ADR, DEPENDENCIES]), PULL_REQUEST, plain);
    expect(text).toMatchInlineSnapshot(`
      "This change is not ready: Size and Dependencies.
      feature into main: 1 commit, 2 files, +16 -0

      ✗ Size: An effort of 912 of at most 400 lines, in 14 of at most 25 files.
          Reading this change takes an effort of 912 lines; the limit is 400. The
          longer a change, the fewer of its defects a reviewer finds. Most of it is in
          src/import/csv.ts (412), src/import/map.ts (231). The author can split it
          into pull requests that each stand on their own.

      ○ Checklists: 3 of 5 items wait for a reviewer who did not write the change.
          [ ] The types of all data that comes in are verified.
          [ ] Two of these running at once do no harm.
          [ ] No query runs inside a loop.

      ✓ Decision records: Nothing here calls for a record.

      ✗ Dependencies: 1 of 2 new packages does not exist.
          error package.json:3
            There is no package \`csv-stream-parse\` in its registry: asked twice,
            answered 404 twice. Whoever registers the name first would run code in
            this project. The author can name the package that was meant, or remove
            the line.

      Next: change what is marked ✗, commit, and run this again; 3 questions (○) for
        a reviewer, to be answered on the pull request.
      "
    `);
  });

  it('is short where nothing stands in the way', () => {
    const off = practice('adr', 'Decision records', { mode: 'off', outcome: 'skipped', summary: 'Switched off.' });
    const text = renderTerminal(review('success', [practice('size', 'Size'), off]), PULL_REQUEST, plain);
    expect(text).toMatchInlineSnapshot(`
      "Nothing keeps this change from being merged.
      feature into main: 1 commit, 2 files, +16 -0

      ✓ Size: Nothing amiss.
      - Decision records: Switched off.
      "
    `);
  });

  it('names what could not be read', () => {
    const missing = [{ what: 'the package left-pad', cause: 'the registry answered 503' }];
    const undetermined = practice('dependencies', 'Dependencies', { outcome: 'undetermined', summary: '?', missing });
    const text = renderTerminal(review('action_required', [undetermined]), PULL_REQUEST, plain);
    expect(text).toContain(
      '? Dependencies: ?\n    could not be read: the package left-pad (the registry answered 503)\n',
    );
    expect(text).toContain('Next: run this again when');
  });

  it('shows a waiver, and asks nothing of anybody for it', () => {
    const waiver = { by: 'bob', at: '2026-11-20T12:00:00Z', reason: 'hotfix', until: '2026-12-01' };
    const text = renderTerminal(review('success', [{ ...SIZE, waiver }]), PULL_REQUEST, plain);
    expect(text).toContain('~ Size:');
    expect(text).toContain('    waived by bob, until 2026-12-01: hotfix\n');
    expect(text).not.toContain('Next:');
  });

  it('names the places that are wrong in the configuration', () => {
    const problem = { path: '.github/composure.yml', line: 3, column: 5, source: 'repository' as const };
    const broken = {
      ...review('failure', []),
      problems: [{ ...problem, message: 'Unknown key `sise`: did you mean `size`?' }],
    };
    expect(renderTerminal(broken, PULL_REQUEST, plain)).toContain(
      '✗ .github/composure.yml:3:5\n    Unknown key `sise`: did you mean `size`?\n',
    );
  });

  it('says that the change breaks the configuration, beside what it is judged by', () => {
    const place = { path: '.github/composure.yml', line: 1, column: 9, source: 'repository' as const };
    const breaking = { ...review('failure', [SIZE]), proposed: [{ ...place, message: 'Unknown key.' }] };
    const text = renderTerminal(breaking, PULL_REQUEST, plain);
    expect(text).toMatch(/^This change breaks the configuration\.\n/);
    expect(text).toContain('✗ .github/composure.yml:1:9\n    Unknown key.\n\n✗ Size:');
    expect(text).toContain('Next: mend the configuration at the places above; change what is marked ✗');
  });

  it('asks a question once, where the practice has it as a finding too', () => {
    const told = finding({ level: 'notice', message: 'Nobody has vouched for this yet.', facts: { item: 'a/b' } });
    const other = finding({ level: 'notice', message: 'Something else.', facts: { item: 'a/c' } });
    const asking = practice('checklists', 'Checklists', {
      outcome: 'waiting',
      findings: [told, other],
      items: [item('a/b', 'Is it so?')],
    });
    const text = renderTerminal(review('action_required', [asking]), PULL_REQUEST, plain);
    expect(text).toContain('    Something else.\n    [ ] Is it so?\n');
    expect(text).not.toContain('vouched');
  });

  it('counts what it leaves out', () => {
    const findings = Array.from({ length: 25 }, (_, index) => finding({ path: `src/${index}.ts`, line: index + 1 }));
    const items = Array.from({ length: 31 }, (_, index) => item(`i/${index}`, `Question ${index}`));
    const many = { ...practice('size', 'Size', { outcome: 'violation', findings, items }) };
    const text = renderTerminal(review('failure', [many]), PULL_REQUEST, plain);
    expect(text).toContain('src/19.ts:20\n');
    expect(text).not.toContain('src/20.ts');
    expect(text).toContain('    and 5 more findings; --format json has them all\n');
    expect(text).toContain('    and 11 more questions; --format json has them all\n');
  });

  it('has colours only when asked, and the same words with them', () => {
    const all = review('failure', [SIZE, CHECKLISTS, ADR, DEPENDENCIES]);
    const dull = renderTerminal(all, PULL_REQUEST, plain);
    const bright = renderTerminal(all, PULL_REQUEST, { ...plain, colour: true });
    expect(dull).not.toContain('\u001b');
    expect(bright).toContain('\u001b[31m✗\u001b[39m');
    expect(stripVTControlCharacters(bright)).toBe(dull);
  });

  it.each([0, 40, 60, 80, 300])('keeps to a terminal of %i columns, within reason', (width) => {
    const all = review('failure', [SIZE, CHECKLISTS, ADR, DEPENDENCIES]);
    const lines = renderTerminal(all, PULL_REQUEST, { width, colour: false }).split('\n');
    const longest = Math.max(...lines.map((line) => line.length));
    expect(longest).toBeLessThanOrEqual(Math.min(Math.max(width, 40), 100));
    expect(longest).toBeGreaterThan(35);
  });

  it.each(HOSTILE)('is not led astray by %s', (_name, text) => expectOrder(text));

  it('is not led astray by any text', () => {
    fc.assert(fc.property(hostileText, expectOrder));
  });
});

/** The same text everywhere a stranger can put one: the layout stays ours. */
function expectOrder(text: string): void {
  const outcome = practice('size', 'Size', {
    outcome: 'violation',
    summary: text,
    findings: [finding({ message: text, path: text, line: 7 })],
    missing: [{ what: text, cause: text }],
    items: [item('a/b', text)],
    waiver: { by: text, at: text, reason: text, until: text },
  });
  const problems = [{ message: text, path: text, line: 1, column: 1, source: 'repository' as const }];
  const hostile = { ...review('failure', [outcome]), problems, missing: [{ what: text, cause: text }], notes: [text] };
  const change = {
    ...PULL_REQUEST,
    head: { ...PULL_REQUEST.head, branch: text },
    base: { ...PULL_REQUEST.base, branch: text },
  };
  const output = renderTerminal(hostile, change, plain);
  const shown = output.replace(/\p{RGI_Emoji}/gv, '');
  expect(shown).not.toMatch(/[\p{Cf}\p{Cs}\p{Zl}\p{Zp}\u007f-\u009f]|(?!\n)[\u0000-\u001f]/u);
  const lines = output.split('\n');
  expect(lines[0]).toBe('The configuration is broken, so nothing was judged.');
  expect(lines.length).toBeLessThan(200);
  for (const line of lines) {
    const placed = /:\d+(:\d+)?$/.test(line);
    if (!placed) expect([...graphemes.segment(line)].length).toBeLessThanOrEqual(80);
  }
}
