import type { Signal } from '../model/signal.ts';

/** A signal before its file is named. */
export type Seen = Pick<Signal, 'signal' | 'line' | 'because'>;
