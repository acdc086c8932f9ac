import { installMessages } from './messages-install.ts';
import { lockfileMessages } from './messages-lockfile.ts';
import { manifestMessages } from './messages-manifest.ts';
import { sourceMessages } from './messages-source.ts';

/** Everything the practice may say: what cannot be installed, what a manifest or a lockfile has wrong, what source names. */
export const messages = { ...installMessages, ...manifestMessages, ...lockfileMessages, ...sourceMessages };

/** A code of this practice. */
export type Code = keyof typeof messages;
