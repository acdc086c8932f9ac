import { z } from 'zod';
import { DEFAULT_WAIVERS, WAIVING_ROLES } from '../model/rights.ts';

/** A person or a team as GitHub writes them, or one of the roles. */
const NAMED = /^@[A-Za-z0-9](?:[A-Za-z0-9-]{0,38})(?:\/[A-Za-z0-9._-]{1,100})?$/;

const ROLES = Object.keys(WAIVING_ROLES) as [keyof typeof WAIVING_ROLES, ...(keyof typeof WAIVING_ROLES)[]];

/** Exceptions: the same for every practice. */
export const waiverOptions = z.strictObject({
  by: z
    .array(
      z.union([z.enum(ROLES), z.string().regex(NAMED)], {
        error: `Each entry must be one of ${ROLES.map((role) => `\`${role}\``).join(', ')}, or a person or team such as \`@acme/leads\`.`,
      }),
    )
    .min(1)
    .max(50)
    .default([...DEFAULT_WAIVERS])
    .describe(
      'Who may waive a practice: `admins`, `maintainers`, `writers`, `@login`, `@organisation/team`. Never the author, never a bot.',
    ),
  'bound-to': z
    .enum(['commit', 'pull-request'])
    .default('commit')
    .describe('How long a waiver holds: until the next push (`commit`), or for every commit of the pull request.'),
});

/** Who may set a practice aside, and for how long. */
export type WaiverPolicy = z.output<typeof waiverOptions>;

/** What holds where no configuration says otherwise. */
export const DEFAULT_WAIVER_POLICY: WaiverPolicy = waiverOptions.parse({});
