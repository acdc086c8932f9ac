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
  items: readonly { id: string; title: string }[];
}

/** What is wrong with a checklist file, and where. */
export interface ChecklistProblem {
  path: string;
  /** From 1. */
  line: number;
  message: string;
}
