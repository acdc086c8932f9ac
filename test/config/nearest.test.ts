import { describe, expect, it } from 'vitest';
import { nearest } from '../../src/config/nearest.ts';

const keys = ['mode', 'max-lines', 'max-files', 'exclude', 'attest-by'];

describe('the key somebody meant', () => {
  it.each<[written: string, meant: string | null]>([
    ['max-line', 'max-lines'],
    ['maxLines', 'max-lines'],
    ['max_files', 'max-files'],
    ['MODE', 'mode'],
    ['moed', 'mode'],
    ['mod', 'mode'],
    ['excludes', 'exclude'],
    ['attested-by', 'attest-by'],
    ['colour', null],
    ['x', null],
    ['', null],
    ['-', null],
    ['k'.repeat(100_000), null],
  ])('%s', (written, meant) => expect(nearest(written, keys)).toBe(meant));

  it('never takes `on` for `off`', () => expect(nearest('on', ['block', 'warn', 'off'])).toBeNull());

  it('is nobody where there is nobody to choose from', () => expect(nearest('mode', [])).toBeNull());
});
