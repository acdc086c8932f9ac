/** How grave: all is well; it works but not as it should; it does not work. */
export type Level = 'ok' | 'warning' | 'problem';

/** One thing that was looked at. Plain text; may quote what GitHub said. */
export interface DoctorFinding {
  /** What was looked at: `permissions`, `webhook secret`, `ruleset acme/widgets`. */
  subject: string;
  level: Level;
  seen: string;
  /** What to do about it, and who can; `null` where all is well. */
  cure: string | null;
}

/** All is well. */
export function ok(subject: string, seen: string): DoctorFinding {
  return { subject, level: 'ok', seen, cure: null };
}

/** It works, but not as it should. */
export function warning(subject: string, seen: string, cure: string): DoctorFinding {
  return { subject, level: 'warning', seen, cure };
}

/** It does not work. */
export function problem(subject: string, seen: string, cure: string): DoctorFinding {
  return { subject, level: 'problem', seen, cure };
}
