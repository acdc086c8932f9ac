import { z } from 'zod';

/** What the practice can be told about reputation. */
export const reputationOptions = {
  'package-age-days': z
    .int()
    .min(0)
    .default(30)
    .describe('A package whose name is younger than so many days gets a warning; 0 for none.'),
  'version-age-hours': z
    .int()
    .min(0)
    .default(72)
    .describe(
      'A version that is younger than so many hours gets a warning; 0 for none. An age that the repository sets for its package manager counts instead.',
    ),
};
