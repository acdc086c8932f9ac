import { installMessages } from './messages-install.ts';
import { lockfileMessages } from './messages-lockfile.ts';
import { manifestMessages } from './messages-manifest.ts';
import { licenceMessages, reputationMessages } from './messages-reputation.ts';
import { sourceMessages } from './messages-source.ts';

/**
 * Everything the practice may say: what cannot be installed, what a manifest or a lockfile has wrong, what source names,
 * and what is known against a package that is there.
 */
export const messages = {
  ...installMessages,
  ...manifestMessages,
  ...lockfileMessages,
  ...sourceMessages,
  ...reputationMessages,
  ...licenceMessages,
};

/** A code of this practice. */
export type Code = keyof typeof messages;
