import type { SignalName } from './signal.ts';

/** One Markdown file of review questions for one kind of change. */
export interface ChecklistDefinition {
  /** The file's name without `.md`. */
  id: string;
  title: string;
  /** Where it came from, for messages. */
  path: string;
  /**
   * The list applies when a changed file matches one of these globs and none of those that begin with `!`; always,
   * when there are none.
   */
  appliesTo: readonly string[];
  /**
   * Who may answer without write access: `@organisation/team`, `@login`, or `codeowners` for the owners of the files it
   * is about. Write access is enough in any case.
   */
  attestBy?: readonly string[];
  /** `required`: an answer counts only with words on what was looked at. */
  evidence?: 'required' | 'optional';
  /** Besides its files, what else must hold: one of these. Without any it is asked whenever its files change. */
  when?: readonly Condition[];
  /** `false`: asked, and the merge does not wait for it. */
  required?: boolean;
  /** Counts up where the meaning of the list changed; 1 where nobody counts. */
  version?: number;
  /** True where it takes the place of a weaker list of its id, with all of its items, instead of adding to it. */
  replaces?: boolean;
  items: readonly ChecklistItem[];
}

/** One question of a list. */
export interface ChecklistItem {
  /** Stays when the wording changes; unique in its list. */
  id: string;
  title: string;
  /** A signal that it asks about: where the change raises it, the item is asked first and shows the place. */
  about?: SignalName;
}

/** What a list may wait for. */
export type Condition =
  /** The author says so, or marks of an agent were seen. */
  | { kind: 'ai-assisted' }
  /** The pull request bears this label. */
  | { kind: 'label'; label: string }
  /** An added line of a file that the list is about raises this signal. */
  | { kind: 'signal'; signal: SignalName };

/** What is wrong with a checklist file, and where. */
export interface ChecklistProblem {
  path: string;
  /** From 1. */
  line: number;
  message: string;
  /** `organisation`: it stands in the organisation's `.github` repository. */
  source?: 'organisation';
}
