import { z } from 'zod';
import type { Practice } from '../practices/define-practice.ts';
import { isMap } from './merge.ts';
import { presetConfig } from './presets.ts';
import { settingsSchema } from './schema.ts';
import { DEFAULT_WAIVER_POLICY } from './waivers.ts';

/** A JSON Schema, as far as we look into one. */
type JsonSchema = { [keyword: string]: unknown; properties?: Record<string, JsonSchema> };

/**
 * The JSON Schema of the configuration file, for editors. Draft 7, which yaml-language-server and every other editor
 * understands. Defaults are those of the `standard` preset.
 */
export function configJsonSchema(practices: readonly Practice[]): Record<string, unknown> {
  // What a refinement demands has no JSON Schema; there the check is stricter than the editor.
  const { $schema, ...schema } = z.toJSONSchema(settingsSchema(practices), {
    target: 'draft-7',
    io: 'input',
    unrepresentable: 'any',
    // Zod names some of its own checks as a `format` beside the `pattern` that says the same; editors know neither name.
    override: ({ jsonSchema }) => {
      if (jsonSchema.pattern) delete jsonSchema.format;
    },
  }) as JsonSchema;
  const standard = presetConfig('standard', practices);
  if (schema.properties?.preset) schema.properties.preset.default = standard.preset;
  for (const [id, { mode, options }] of Object.entries(standard.practices)) {
    const practice = schema.properties?.[id];
    if (practice) addDefaults(practice, { mode, ...options });
  }
  if (schema.properties?.waivers) addDefaults(schema.properties.waivers, DEFAULT_WAIVER_POLICY);
  return { $schema, title: 'Composure', ...schema };
}

/** Each leaf gets its own default, so that an editor shows it where it is typed. */
function addDefaults(schema: JsonSchema, values: Readonly<Record<string, unknown>>): void {
  for (const [key, property] of Object.entries(schema.properties ?? {})) {
    const value = values[key];
    if (property.properties && isMap(value)) addDefaults(property, value);
    else if (value !== undefined) property.default = value;
  }
}
