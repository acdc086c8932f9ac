import { z } from 'zod';
import { BLOCKS, TRIGGER_NAMES } from './triggers/catalogue.ts';
import type { TriggerPolicy } from './triggers/find-triggers.ts';

const glob = z.string().min(1).max(500);
const because = z.string().min(1).max(200);

/** What a repository can say about its decision records, in the order the page lists it. */
export const options = z.strictObject({
  directory: z
    .string()
    .regex(/^(?![./])[^\\]*[^/\\]$/, 'A folder of the repository, such as docs/adr, without a slash at either end.')
    .default('docs/adr')
    .describe('The folder of the decision records. Left as it is, the other usual folders count, too.'),
  triggers: z
    .array(
      z.strictObject({
        paths: z
          .array(glob.describe('A glob.'))
          .min(1)
          .describe('Globs of files that must not change without a record.'),
        because: because.describe('What these files decide: "the data model".'),
        tier: z.enum(['block', 'nudge']).default('block').describe('Whether they demand a record, or only nudge.'),
      }),
    )
    .default([])
    .describe('Paths that demand a record here, beyond the built-in ones.'),
  tiers: z
    .partialRecord(z.enum(TRIGGER_NAMES), z.enum(['block', 'nudge', 'off']))
    .default({})
    .describe('Triggers that are to block alone, only to nudge, or to be silent, by their names.'),
  boundaries: z
    .array(
      z.strictObject({
        from: glob.describe('A glob of the files that must not import.'),
        to: glob.describe('A glob of what they must not import.'),
        because: because.describe('What the boundary is for: "the core knows no transport".'),
      }),
    )
    .default([])
    .describe('Imports that demand a record, because parts are not to know each other.'),
  'block-at': z.number().positive().max(100).default(BLOCKS).describe('Points from which a change demands a record.'),
  'nudge-at': z
    .number()
    .positive()
    .max(100)
    .default(2.5)
    .describe('Points from which a change is told that a record may be worth writing.'),
  require: z
    .array(z.enum(['context', 'decision', 'alternatives', 'consequences', 'date', 'deciders']))
    .default(['context', 'decision', 'alternatives', 'consequences'])
    .describe('What a record must have.'),
  'min-words': z
    .int()
    .min(1)
    .max(200)
    .default(8)
    .describe("The least words of the author's own in each of these sections."),
  numbering: z
    .enum(['sequential', 'pull-request'])
    .default('sequential')
    .describe('Whether a new record takes the next free number, or that of its pull request.'),
  'agent-records': z
    .enum(['named-human', 'anyone'])
    .default('named-human')
    .describe('Who must stand behind a record that an agent wrote: a person, or nobody in particular.'),
  'show-governing': z
    .boolean()
    .default(true)
    .describe('Whether the decisions that govern the changed files are listed.'),
});

/** The options after parsing. */
export type Options = z.output<typeof options>;

/** What of the options is about triggers. */
export function triggerPolicy(options: Options): TriggerPolicy {
  return {
    configured: options.triggers,
    boundaries: options.boundaries,
    tiers: options.tiers,
    blockAt: options['block-at'],
    nudgeAt: options['nudge-at'],
  };
}
