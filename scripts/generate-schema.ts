import { writeFileSync } from 'node:fs';
import { configJsonSchema } from '../src/config/json-schema.ts';
import { practices } from '../src/practices/index.ts';

/** Writes the committed JSON Schema anew from the practices: `npm run schema:generate`. A test finds it out of date. */
const target = new URL('../schema/composure.schema.json', import.meta.url);
writeFileSync(target, `${JSON.stringify(configJsonSchema(practices), null, 2)}\n`);
