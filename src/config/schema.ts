import { z } from 'zod';
import type { Practice } from '../practices/define-practice.ts';
import { PRESET_NAMES } from './presets.ts';
import { waiverOptions } from './waivers.ts';

/** How a practice is switched; the same for all of them. */
const MODES = z
  .enum(['block', 'warn', 'off'])
  .describe('What a violation does: `block` stops the merge, `warn` only says so, `off` rests the practice.');

/** The built-in policies that a file can start from. */
const PRESETS = z
  .enum(PRESET_NAMES)
  .describe('The built-in policy that this file starts from: `advisory`, `standard` (the default) or `strict`.');

/** What one configuration file may say: a preset, and settings of the practices. Nothing is required in it. */
export function settingsSchema(practices: readonly Practice[]): z.ZodObject {
  const shape: z.core.$ZodLooseShape = { preset: PRESETS.optional() };
  for (const practice of practices) {
    const options = { mode: MODES.optional(), ...partialShape(practice.options) };
    shape[practice.id] = z.strictObject(options).describe(practice.summary).optional();
  }
  const waivers = z.strictObject(partialShape(waiverOptions)).describe('Exceptions on the record, for any practice.');
  shape.waivers = waivers.optional();
  return z.strictObject(shape).describe('The policy of Composure for one repository, or for an organisation.');
}

/**
 * The same fields without defaults, each optional, down through nested objects: a file states only what it changes.
 * Refinements of whole objects are left to the practice's own schema, which judges the layers once they are merged.
 */
function partialShape(object: z.ZodObject): z.core.$ZodLooseShape {
  return Object.fromEntries(
    Object.entries(object.shape).map(([key, field]) => [key, partial(field as z.ZodType).optional()]),
  );
}

function partial(field: z.ZodType): z.ZodType {
  const { schema, description } = unwrap(field);
  const bare = withoutDefaults(schema);
  return description ? bare.describe(description) : bare;
}

function withoutDefaults(schema: z.ZodType): z.ZodType {
  if (schema instanceof z.ZodObject) return z.strictObject(partialShape(schema));
  if (schema instanceof z.ZodRecord && schema.keyType instanceof z.ZodEnum) {
    // A record over a closed set demands every key; a file names those it changes.
    return z.partialRecord(schema.keyType, schema.valueType);
  }
  return schema;
}

/** The schema within its defaults, and the outermost description on the way. */
export function unwrap(field: z.ZodType): { schema: z.ZodType; description: string | undefined } {
  let schema = field;
  let description = schema.description;
  while (
    schema instanceof z.ZodDefault ||
    schema instanceof z.ZodPrefault ||
    schema instanceof z.ZodOptional ||
    schema instanceof z.ZodReadonly
  ) {
    schema = schema.unwrap() as z.ZodType;
    description ??= schema.description;
  }
  return { schema, description };
}

/** The keys that may stand at a path; `null` where any key may, or none. */
export function keysAt(schema: z.ZodType, path: readonly PropertyKey[]): string[] | null {
  const found = path.reduce<z.ZodType[]>((schemas, step) => schemas.flatMap((one) => stepInto(one, step)), [schema]);
  const keys = found.flatMap(alternatives).flatMap((one) => {
    if (one instanceof z.ZodObject) return Object.keys(one.shape);
    if (one instanceof z.ZodRecord && one.keyType instanceof z.ZodEnum) return one.keyType.options.map(String);
    return [];
  });
  return keys.length > 0 ? [...new Set(keys)] : null;
}

function stepInto(schema: z.ZodType, step: PropertyKey): z.ZodType[] {
  return alternatives(schema).flatMap((one) => {
    if (one instanceof z.ZodObject) return Object.hasOwn(one.shape, step) ? [one.shape[step as string]] : [];
    if (one instanceof z.ZodArray) return [one.element as z.ZodType];
    if (one instanceof z.ZodRecord) return [one.valueType as z.ZodType];
    return [];
  });
}

function alternatives(field: z.ZodType): z.ZodType[] {
  const { schema } = unwrap(field);
  return schema instanceof z.ZodUnion ? schema.options.flatMap((one) => alternatives(one as z.ZodType)) : [schema];
}
