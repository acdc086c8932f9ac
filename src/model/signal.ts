/** What the added lines of a change may tell about its kind. The names stand in the front matter of checklists. */
export const SIGNALS = [
  'authentication',
  'concurrency',
  'cryptography',
  'data-model',
  'dependency',
  'external-api',
  'loop-query',
  'migration',
  'personal-data',
  'prompt',
  'public-api',
] as const;
export type SignalName = (typeof SIGNALS)[number];

/** A line of the change that says what kind of change it is. */
export interface Signal {
  signal: SignalName;
  /** As it is at head. Hostile text. */
  path: string;
  /** An added line, by its number at head, from 1. */
  line: number;
  /** What was seen there, in plain words that follow "because of": "a query inside a loop". Ours, never the change's. */
  because: string;
}
