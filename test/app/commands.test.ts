import { describe, expect, it, test } from 'vitest';
import { type Command, parseCommands } from '../../src/app/commands.ts';

const AT = '2026-11-20T10:00:00Z';
const attest = (item: string, rest: object = {}): Command => ({ verb: 'attest', item, ...rest });
const waive = (reason: string, until: string | null = null): Command => ({
  verb: 'waive',
  practice: 'size',
  reason,
  until,
});

describe('parseCommands', () => {
  test.each<[text: string, commands: Command[]]>([
    ['/composure attest data-types', [attest('data-types')]],
    [
      '/composure attest code/data-types  ran it with nulls ',
      [attest('code/data-types', { evidence: 'ran it with nulls' })],
    ],
    ['/composure attest Code/Data-Types', [attest('code/data-types')]],
    ['/composure attest way-back n/a: nothing is stored', [attest('way-back', { notApplicable: 'nothing is stored' })]],
    ['/composure attest way-back N/A nothing', [attest('way-back', { notApplicable: 'nothing' })]],
    ['/composure waive size An outage.', [waive('An outage.')]],
    ['/composure waive size An outage, until 2026-12-31', [waive('An outage', '2027-01-01T00:00:00Z')]],
    ['/composure waive size An outage. for 3d', [waive('An outage.', '2026-11-23T10:00:00Z')]],
    ['/composure waive size wait for 2 people', [waive('wait for 2 people')]],
    ['/composure unwaive size', [{ verb: 'unwaive', practice: 'size' }]],
    ['/composure recheck', [{ verb: 'recheck' }]],
    ['  /composure help', [{ verb: 'help' }]],
    ['Thanks.\r\n/composure recheck\r\n\r\n/composure help', [{ verb: 'recheck' }, { verb: 'help' }]],
    ['please /composure recheck', []],
    ['/composurerecheck', []],
    ['/composure\u200b recheck', []],
    ['> /composure recheck', []],
    ['    /composure recheck', []],
    ['```\n/composure recheck\n```', []],
    ['<!--\n/composure recheck\n-->', []],
    ['- item\n\n  /composure recheck', []],
  ])('%j', (text, commands) => {
    expect(parseCommands(text, AT)).toEqual(commands);
  });

  test.each([
    ['/composure'],
    ['/composure attest'],
    ['/composure attest way-back n/a'],
    ['/composure waive'],
    ['/composure waive size'],
    ['/composure waive size until 2026-12-31'],
    ['/composure waive size x until 2026-02-31'],
    ['/composure waive size x until 2026-11-19'],
    ['/composure waive size x until tomorrow'],
    ['/composure waive size x for 0d'],
    ['/composure waive <script> x'],
    ['/composure unwaive'],
    ['/composure recheck now'],
    ['/composure approve'],
  ])('%j is not clear', (text) => {
    expect(parseCommands(text, AT)).toMatchObject([{ verb: 'unclear' }]);
  });

  it('is not slow, and not without end', () => {
    const started = performance.now();
    expect(parseCommands('/composure waive size x\n'.repeat(2_000), AT).length).toBe(20);
    parseCommands(`/composure waive size ${' ,'.repeat(30_000)}x`, AT);
    parseCommands(`/composure attest ${'a '.repeat(30_000)}`, AT);
    expect(performance.now() - started).toBeLessThan(1_000);
  });
});
