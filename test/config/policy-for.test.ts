import { describe, expect, it } from 'vitest';
import { CONFIG_PATH, type ConfigLayer } from '../../src/config/config.ts';
import { policyFor } from '../../src/config/policy-for.ts';
import { samplePractices } from './sample-practices.ts';

const BROKEN = 'lenght: {}';

/** `null` for a file that is not there. */
function layers(organisation: string | null, repository: string | null): ConfigLayer[] {
  const below: ConfigLayer[] =
    organisation === null ? [] : [{ source: 'organisation', path: CONFIG_PATH, text: organisation }];
  return repository === null ? below : [...below, { source: 'repository', path: CONFIG_PATH, text: repository }];
}

describe('which policy judges a pull request', () => {
  it.each<{
    name: string;
    organisation?: string;
    base: string | null;
    head: string | null | undefined;
    preset: string | null;
    problems?: string[];
    note?: string;
  }>([
    { name: 'no file at all', base: null, head: undefined, preset: 'standard' },
    { name: 'a file, left alone', base: 'preset: strict', head: undefined, preset: 'strict' },
    {
      name: 'a broken file, left alone',
      base: BROKEN,
      head: undefined,
      preset: null,
      problems: ['repository:1'],
      note: 'Nothing is judged',
    },
    { name: 'a first file', base: null, head: 'preset: advisory', preset: 'standard', note: 'applies after the merge' },
    { name: 'a first file, broken', base: null, head: `\n${BROKEN}`, preset: 'standard', problems: ['repository:2'] },
    { name: 'a looser file', base: 'preset: strict', head: 'preset: advisory', preset: 'strict', note: 'edits' },
    { name: 'a file that breaks', base: 'preset: strict', head: BROKEN, preset: 'strict', problems: ['repository:1'] },
    { name: 'a file taken away', base: 'preset: strict', head: null, preset: 'strict', note: 'the `standard` preset' },
    {
      name: "a file taken away above the organisation's",
      organisation: 'preset: strict',
      base: 'preset: advisory',
      head: null,
      preset: 'advisory',
      note: "the organisation's configuration",
    },
    {
      name: 'a broken file, mended',
      base: BROKEN,
      head: 'preset: advisory',
      preset: 'standard',
      note: 'judged by the `standard` preset',
    },
    { name: 'a broken file, taken away', base: BROKEN, head: null, preset: 'standard', note: 'removes it' },
    {
      name: "a broken file, mended above the organisation's",
      organisation: 'preset: strict',
      base: BROKEN,
      head: 'preset: advisory',
      preset: 'strict',
      note: "judged by the organisation's configuration",
    },
    {
      name: 'a broken file, edited and still broken',
      base: BROKEN,
      head: `# mended?\n${BROKEN}`,
      preset: null,
      problems: ['repository:2'],
    },
    {
      name: "the organisation's file broken, ours edited",
      organisation: BROKEN,
      base: null,
      head: 'preset: advisory',
      preset: null,
      problems: ['organisation:1'],
    },
    {
      name: 'both broken, ours mended',
      organisation: BROKEN,
      base: BROKEN,
      head: 'preset: advisory',
      preset: null,
      problems: ['organisation:1'],
    },
  ])('$name', ({ organisation = null, base, head, preset, problems = [], note }) => {
    const decision = policyFor({ layers: layers(organisation, base), headText: head }, samplePractices);
    expect(decision.config?.preset ?? null).toBe(preset);
    expect(decision.problems.map(({ source, line }) => `${source}:${line}`)).toEqual(problems);
    if (note) expect(decision.notes).toEqual([expect.stringContaining(note)]);
    else expect(decision.notes).toEqual([]);
    expect(decision.config !== null || decision.problems.length > 0, 'never neither').toBe(true);
  });
});
