import type { Mode, Problem } from '../model/review.ts';
import type { PracticeOptions, PresetName } from '../practices/define-practice.ts';
import type { WaiverPolicy } from './waivers.ts';

/** The path of the configuration, in a repository and in an organisation's `.github` repository alike. */
export const CONFIG_PATH = '.github/composure.yml';

/** The policy in force: every practice with its mode and its options, nothing left to default. */
export interface Config {
  preset: PresetName;
  practices: Readonly<Record<string, { mode: Mode; options: PracticeOptions }>>;
  /** Who may set a practice aside, and for how long; the default where nothing is said. */
  waivers?: WaiverPolicy;
}

/** One configuration file. Layers are given weakest first: organisation, then repository. */
export interface ConfigLayer {
  source: Problem['source'];
  /** As people know it: `.github/composure.yml`. */
  path: string;
  text: string;
}

/** Either a policy, or what is wrong with the files; never a policy that leaves a mistake out. */
export type ConfigResult = { ok: true; config: Config } | { ok: false; problems: Problem[] };
