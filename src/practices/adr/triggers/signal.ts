import type { TriggerName } from './catalogue.ts';

/** One thing seen in the change that may speak of its architecture, before it is weighed. */
export interface Signal {
  trigger: TriggerName;
  path: string;
  /** At head, from 1; `null` where there is no line to point to. */
  line: number | null;
  /** What is touched, as a noun: "the database schema". From the configuration it may be anything. */
  because: string;
}
