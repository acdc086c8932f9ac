import { z } from 'zod';
import { licenceOptions } from './licences.ts';
import { reputationOptions } from './reputation-options.ts';

/** Warnings that somebody may find grave enough to block. Never the resemblance of names: it is wrong too often. */
const RAISABLE = [
  'package-reappeared',
  'package-deprecated',
  'package-young',
  'version-young',
  'install-script-added',
  'provenance-lost',
  'license-unknown',
  'license-changed',
  'script-allowed',
  'install-hook-changed',
  'registry-config-changed',
  'bypasses-registry',
  'import-undeclared',
  'import-phantom',
  'lockfile-drift',
  'confusion-risk',
] as const;

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
    .default([
      '**/fixtures/**',
      '**/__fixtures__/**',
      '**/__testfixtures__/**',
      '**/test-fixtures/**',
      '**/testdata/**',
    ])
    .describe('Globs of files that nobody installs from or runs, and that are therefore not judged.'),
  lookups: z
    .enum(['public', 'offline', 'none'])
    .default('public')
    .describe(
      '`public` asks the registry, OSV and deps.dev about names that are not private. `offline` sends no name anywhere and knows only the popular names that come with Composure; the rest stays undetermined. `none` judges only what is wrong on its face.',
    ),
  licenses: licenceOptions
    .prefault({})
    .describe('Licences that may or may not come in, of direct packages and of newly locked ones.'),
  ...reputationOptions,
  'unscoped-private': z
    .boolean()
    .default(false)
    .describe('Warn of a newly named private package without a scope: anybody can publish one of that name.'),
  errors: z
    .array(z.enum(RAISABLE))
    .default([])
    .describe('Warnings that are to count as errors, and so block. A resemblance of names is never one of them.'),
});

/** The options as the schema parsed them. */
export type Options = z.output<typeof options>;
