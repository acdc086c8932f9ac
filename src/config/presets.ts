import type { Practice, PracticeOptions, PresetName } from '../practices/define-practice.ts';
import type { Config } from './config.ts';
import { mergeSettings } from './merge.ts';

/** The presets, from the mildest to the strictest. */
export const PRESET_NAMES = ['advisory', 'standard', 'strict'] as const satisfies readonly PresetName[];

/** The policy of a repository without any file: every practice's defaults, with its values for this preset over them. */
export function presetConfig(preset: PresetName, practices: readonly Practice[]): Config {
  const policies = practices.map((practice) => {
    const { mode, ...values } = practice.presets[preset];
    // Merged, not replaced, so that a preset too can change one key of a nested option. Throws where a practice
    // contradicts its own schema: a fault of ours, which the catalogue's tests find.
    const options: PracticeOptions = practice.options.parse(mergeSettings(practice.options.parse({}), values));
    return [practice.id, { mode, options }] as const;
  });
  return { preset, practices: Object.fromEntries(policies) };
}
