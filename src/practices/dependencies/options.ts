import { z } from 'zod';

/** What the practice can be told; every key with its default. */
export const options = z.strictObject({
  private: z
    .array(z.string().min(1))
    .default([])
    .describe(
      'Globs of package names that are private: never looked up, and never called absent. `@acme` stands for `@acme/*`.',
    ),
  registries: z
    .record(z.string().regex(/^@[^/\s]+$/, 'A scope, such as "@acme"'), z.url({ protocol: /^https?$/ }))
    .default({})
    .describe('Scope to the registry it lives in. Names of such a scope are never looked up anywhere else.'),
  exclude: z
    .array(z.string().min(1))
    .default(['**/fixtures/**', '**/__fixtures__/**', '**/testdata/**'])
    .describe('Globs of files that nobody installs from or runs, and that are therefore not judged.'),
});

/** The options as the schema parsed them. */
export type Options = z.output<typeof options>;
