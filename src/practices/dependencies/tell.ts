import type { DependencyChanges } from '../../model/dependency.ts';
import type { Facts, Finding, Missing } from '../../model/review.ts';
import type { EcosystemJudgement } from './judge-ecosystems.ts';
import type { Verdict } from './verdict.ts';

/** One entry for each cause, so that an outage does not fill a page with names. */
export function unansweredOf(verdicts: readonly Verdict[]): Missing[] {
  const byCause = new Map<string, { names: Set<string>; retryAt: string | null }>();
  for (const verdict of verdicts) {
    if (verdict.state !== 'unverified') continue;
    const { cause, name, retryAt } = verdict;
    const group = byCause.get(cause) ?? { names: new Set(), retryAt: null };
    group.names.add(name);
    // The last of them decides: only then can all be known.
    if (retryAt !== null && (group.retryAt === null || retryAt > group.retryAt)) group.retryAt = retryAt;
    byCause.set(cause, group);
  }
  return [...byCause].map(([cause, { names, retryAt }]) => {
    return { what: `whether ${quoted([...names])} can be installed`, cause, ...(retryAt !== null && { retryAt }) };
  });
}

const NAMES_SHOWN = 5;

function quoted(names: readonly string[]): string {
  const shown = names.slice(0, NAMES_SHOWN).map((name) => `"${name}"`);
  const rest = names.length - shown.length;
  return rest > 0 ? `${shown.join(', ')} and ${rest} more` : shown.join(', ');
}

/** Every sighting in exactly one of three lists. */
export function factsOf(
  verdicts: readonly Verdict[],
  { passedOver }: DependencyChanges,
  others: EcosystemJudgement['facts'],
): Facts {
  const entry = ({ sighting: { ecosystem, name, spec, path, line, field } }: Verdict) => {
    return { ecosystem, name, spec, path, line, field };
  };
  const skipped = verdicts.filter((one) => one.state === 'skipped');
  return {
    checked: [
      ...verdicts.filter((one) => one.state === 'checked').map((one) => ({ ...entry(one), ...one.looked })),
      ...others.checked,
    ],
    skipped: [
      ...skipped.map((one) => ({ ...entry(one), reason: one.reason })),
      ...passedOver.map((one) => ({ ecosystem: 'npm', ...one })),
      ...others.skipped,
    ],
    unverified: [
      ...verdicts
        .filter((one) => one.state === 'unverified')
        .map((one) => ({ ...entry(one), cause: one.cause, retryAt: one.retryAt })),
      ...others.unverified,
    ],
  };
}

/** The outcome in one line. */
export function summarise(
  verdicts: readonly Verdict[],
  findings: readonly Finding[],
  missing: readonly Missing[],
): string {
  const count = (state: Verdict['state']) => verdicts.filter((verdict) => verdict.state === state).length;
  const wrong = verdicts.filter((verdict) => verdict.findings.some(({ level }) => level === 'error')).length;
  const total = countedNames(verdicts);
  if (wrong > 0) return `${wrong} of ${total} cannot be installed as written.`;
  if (findings.some(({ code }) => code === 'manifest-unreadable')) return 'A manifest could not be understood.';
  if (findings.some(({ code }) => code === 'lockfile-unreadable')) return 'A lockfile could not be understood.';
  const errors = findings.filter(({ level }) => level === 'error').length;
  if (errors > 0) return `${errors} ${errors === 1 ? 'thing' : 'things'} to put right in manifests or lockfiles.`;
  const open = count('unverified');
  if (open > 0) return `${open} of ${total} could not be verified yet.`;
  if (missing.length > 0) return 'Not every file that names dependencies could be read.';
  if (verdicts.length === 0) return 'No dependency was added or changed.';
  const skipped = count('skipped');
  const checked = count('checked');
  if (checked === 0) return `${countedNames(verdicts)}, none of them for a public registry to answer.`;
  const rest = skipped === 0 ? '' : `; ${skipped} private, local or from elsewhere, not looked up`;
  const good = verdicts.filter((verdict) => verdict.state === 'checked');
  return `${countedNames(good)} looked up, and there to be installed${rest}.`;
}

/** "3 added or changed dependencies", or "names" where some are imported or commanded only. */
function countedNames(verdicts: readonly Verdict[]): string {
  const number = verdicts.length;
  const declared = verdicts.every(({ sighting }) => sighting.field !== 'import' && sighting.field !== 'command');
  if (declared) return number === 1 ? '1 added or changed dependency' : `${number} added or changed dependencies`;
  return number === 1 ? '1 package that is newly named' : `${number} packages that are newly named`;
}
