import { LRUCache } from 'lru-cache';
import { LineCounter } from 'yaml';
import type { z } from 'zod';
import type { Mode, Problem } from '../model/review.ts';
import type { Practice, PresetName } from '../practices/define-practice.ts';
import type { Config, ConfigLayer, ConfigResult } from './config.ts';
import { explainIssue, UNWORDED } from './explain-issue.ts';
import { mergeSettings } from './merge.ts';
import { presetConfig } from './presets.ts';
import { type Fault, type Path, readYaml, type YamlText } from './read-yaml.ts';
import { settingsSchema } from './schema.ts';
import { waiverOptions } from './waivers.ts';

/** GitHub shows 50 annotations a request and nobody reads more; the rest is counted. */
const MAX_PROBLEMS_PER_FILE = 50;

/** What one file says, checked against what it may say; the values of its keys are still unmerged. */
interface Reading {
  layer: ConfigLayer;
  yaml: YamlText;
  settings: { preset?: PresetName } & Readonly<Record<string, unknown>>;
  faults: Fault[];
}

/** Letters of files whose policy is kept: most pull requests of a process are judged by the same few. */
const MAX_KEPT_LETTERS = 500_000;

/** What follows from the practices alone: made once, for it takes longer to make than to use. */
interface Grounds {
  schema: z.ZodObject;
  presets: Readonly<Record<PresetName, Config>>;
  /** By the layers as they stand. */
  resolved: LRUCache<string, ConfigResult>;
}

const grounds = new WeakMap<readonly Practice[], Grounds>();

function groundsOf(practices: readonly Practice[]): Grounds {
  const known = grounds.get(practices);
  if (known) return known;
  const preset = (name: PresetName) => presetConfig(name, practices);
  const made: Grounds = {
    schema: settingsSchema(practices),
    presets: { advisory: preset('advisory'), standard: preset('standard'), strict: preset('strict') },
    resolved: new LRUCache({ maxSize: MAX_KEPT_LETTERS, sizeCalculation: (_, layers) => layers.length }),
  };
  grounds.set(practices, made);
  return made;
}

/**
 * The policy that the layers make together, over the built-in preset they name; or everything that is wrong with
 * them, each mistake at its place. Never throws for what stands in a file.
 */
export function resolveConfig(layers: readonly ConfigLayer[], practices: readonly Practice[]): ConfigResult {
  const { schema, presets, resolved } = groundsOf(practices);
  const key = JSON.stringify(layers);
  const known = resolved.get(key);
  if (known) return known;
  const result = resolve(layers, practices, schema, presets);
  resolved.set(key, result);
  return result;
}

function resolve(
  layers: readonly ConfigLayer[],
  practices: readonly Practice[],
  schema: z.ZodObject,
  presets: Grounds['presets'],
): ConfigResult {
  const { standard } = presets;
  const readings = layers.map((layer) => readLayer(layer, schema, standard));
  if (readings.every((reading) => reading.faults.length === 0)) {
    const preset = readings.findLast((reading) => reading.settings.preset)?.settings.preset ?? 'standard';
    const config = mergeLayers(presets[preset], readings, practices, { schema, standard });
    if (config) return { ok: true, config };
  }
  return { ok: false, problems: readings.flatMap(problemsOf) };
}

function readLayer(layer: ConfigLayer, schema: z.ZodObject, standard: Config): Reading {
  const yaml = readYaml(layer.text);
  if (yaml.value === undefined) return { layer, yaml, settings: {}, faults: [...yaml.faults] };
  const settings = (yaml.value ?? {}) as Reading['settings'];
  const { error } = schema.safeParse(settings, { error: () => UNWORDED, reportInput: true });
  const faults = error?.issues.flatMap((issue) => explainIssue(issue, { yaml, schema, standard })) ?? [];
  // What could not be read is no value either; one mistake is said once.
  const placeAt = placesIn(layer.text);
  const lines = new Set(yaml.faults.map((fault) => placeAt(fault.offset).line));
  const others = faults.filter((fault) => !lines.has(placeAt(fault.offset).line));
  return { layer, yaml, settings, faults: [...yaml.faults, ...others] };
}

/** Merges and judges the whole. What only the whole gets wrong is noted in the strongest file that has a part in it. */
function mergeLayers(
  preset: Config,
  readings: readonly Reading[],
  practices: readonly Practice[],
  about: { schema: z.ZodObject; standard: Config },
): Config | null {
  const policies: Record<string, Config['practices'][string]> = {};
  for (const practice of practices) {
    const { id } = practice;
    const start: unknown = { ...preset.practices[id]?.options, mode: preset.practices[id]?.mode };
    const merged = readings.reduce((below, reading) => mergeSettings(below, reading.settings[id]), start);
    const { mode, ...options } = merged as { mode: Mode };
    const parsed = practice.options.safeParse(options, { error: () => UNWORDED, reportInput: true });
    if (parsed.success) {
      policies[id] = { mode, options: parsed.data };
      continue;
    }
    for (const issue of parsed.error.issues) {
      const path = [id, ...issue.path];
      const reading = strongest(readings, path);
      if (!reading) {
        throw new Error(`The preset ${preset.preset} contradicts the schema of ${id}`, { cause: parsed.error });
      }
      reading.faults.push(...explainIssue({ ...issue, path }, { ...about, yaml: reading.yaml }));
    }
  }
  if (readings.some((reading) => reading.faults.length > 0)) return null;
  const config = { preset: preset.preset, practices: policies };
  const waivers = readings.reduce<unknown>((below, { settings }) => mergeSettings(below, settings.waivers), undefined);
  return waivers === undefined ? config : { ...config, waivers: waiverOptions.parse(waivers) };
}

/** The strongest file that sets what the path names, or else something of the same practice. */
function strongest(readings: readonly Reading[], path: Path): Reading | undefined {
  const setting = (wanted: Path) => (reading: Reading) => {
    let value: unknown = reading.settings;
    for (const step of wanted) {
      if (typeof value !== 'object' || value === null || !Object.hasOwn(value, step)) return false;
      value = Reflect.get(value, step);
    }
    return true;
  };
  return readings.findLast(setting(path)) ?? readings.findLast(setting(path.slice(0, 1)));
}

function problemsOf({ layer, faults }: Reading): Problem[] {
  const { path, source, text } = layer;
  const placeAt = placesIn(text);
  // A mistake that is met at the end of a file stands after its last character, not on the empty line below.
  const end = text.trimEnd().length;
  const sorted = faults.map((fault) => ({ ...fault, offset: Math.min(fault.offset, end) }));
  sorted.sort((a, b) => a.offset - b.offset);
  const shown = sorted.slice(0, MAX_PROBLEMS_PER_FILE);
  const hidden = sorted.length - shown.length;
  if (hidden > 0) {
    const message = `There are ${hidden} more problems in this file. Mend those shown; the next check names the rest.`;
    shown.push({ message, offset: shown.at(-1)?.offset ?? 0 });
  }
  const whose = source === 'organisation' ? " This is the organisation's file, in its `.github` repository." : '';
  return shown.map(({ message, offset }) => ({ message: message + whose, path, ...placeAt(offset), source }));
}

/** Finds line and column, from 1, of an offset; quick however many are asked for. */
function placesIn(text: string): (offset: number) => { line: number; column: number } {
  const counter = new LineCounter();
  for (let start = 0; ; ) {
    counter.addNewLine(start);
    const end = text.indexOf('\n', start);
    if (end < 0) break;
    start = end + 1;
  }
  return (offset) => {
    const { line, col } = counter.linePos(offset);
    return { line, column: col };
  };
}
