import semver from 'semver';
import type { PullRequest } from '../../model/pull-request.ts';
import type { Facts, Finding } from '../../model/review.ts';
import type { Code } from './messages.ts';
import { nearestNames } from './popular-names.ts';

/** Findings about a name that is not there: the reader is helped by the names that are. */
const ABOUT_NAMES: ReadonlySet<string> = new Set<Code>([
  'package-absent',
  'package-placeholder',
  'package-unpublished',
  'import-absent',
  'command-absent',
]);

/** The same finding with what helps: names that its author may have meant, or the line as it could stand. */
export function withSuggestion(finding: Finding, pullRequest: PullRequest): Finding {
  const { facts } = finding;
  if (facts.ecosystem !== 'npm' || typeof facts.name !== 'string') return finding;
  if (ABOUT_NAMES.has(finding.code)) {
    const suggestions = nearestNames(facts.name);
    return suggestions.length === 0 ? finding : add(finding, { suggestions }, `Did you mean ${listed(suggestions)}?`);
  }
  const fix = fixOf(finding, pullRequest);
  return fix === null ? finding : add(finding, { fix }, `The line could stand as: ${fix.text}`);
}

/** One line of the change as it could stand. */
interface Fix {
  [key: string]: string | number;
  line: number;
  text: string;
}

/** Certain only where the line holds what was written exactly once, and the newest version is known. */
function fixOf({ code, path, line, facts }: Finding, pullRequest: PullRequest): Fix | null {
  if (code !== 'version-unsatisfiable' && code !== 'tag-absent' && code !== 'version-unpublished') return null;
  const { newest, spec, declaredAs, sibling } = facts;
  if (typeof newest !== 'string' || typeof spec !== 'string' || spec === '' || sibling !== undefined) return null;
  if (line === undefined || path === undefined || typeof declaredAs !== 'string') return null;
  const text = lineAtHead(pullRequest, path, line);
  // An alias or a catalog says more than a version; whoever wrote it knows how it is to go on.
  if (text === null || !/^[\^~>=v<\d\s.|*x-]+$/i.test(spec) || text.split(`"${spec}"`).length !== 2) return null;
  if (!text.includes(`"${declaredAs}"`)) return null;
  return { line, text: text.replace(`"${spec}"`, `"${likeBefore(spec, newest)}"`).trim() };
}

/** `~1.0` stays a tilde range, an exact version exact; anything else becomes a caret range, as npm itself writes it. */
function likeBefore(spec: string, newest: string): string {
  if (semver.valid(spec, true) !== null) return newest;
  return spec.trim().startsWith('~') ? `~${newest}` : `^${newest}`;
}

/** The line as the change has it; `null` where it does not show it. */
function lineAtHead({ files }: PullRequest, path: string, line: number): string | null {
  const hunks = files.find((file) => file.path === path)?.hunks ?? [];
  for (const { newStart, lines } of hunks) {
    let at = newStart;
    for (const text of lines) {
      if (text.startsWith('-') || text.startsWith('\\')) continue;
      if (at === line) return text.slice(1);
      at++;
    }
  }
  return null;
}

function add(finding: Finding, facts: Facts, sentence: string): Finding {
  return { ...finding, message: `${finding.message} ${sentence}`, facts: { ...finding.facts, ...facts } };
}

function listed(names: readonly string[]): string {
  const quoted = names.map((name) => `"${name}"`);
  const last = quoted.pop();
  return quoted.length > 0 ? `${quoted.join(', ')} or ${last}` : `${last}`;
}
