import type { DependencyTarget } from '../../model/dependency.ts';
import type { PackageAnswer } from '../../model/evidence.ts';
import type { Facts, Finding, Level } from '../../model/review.ts';
import type { Code } from './messages.ts';
import { isPopular } from './popular-names.ts';
import { privacyOf } from './private-names.ts';
import { type Asked, NOT_ASKED, placeOf, type Sighting, type Verdict } from './verdict.ts';
import { type ExistingPackage, judgeVersion, newestVersion, publishedOnce } from './wanted-version.ts';

/** What sets one kind of sighting apart from the others. */
export interface SightingRules {
  /** The code for a name that the registry does not have. */
  absent: Extract<Code, 'package-absent' | 'import-absent' | 'command-absent'>;
  /** What every finding about the sighting carries. */
  facts: Facts;
  /** Whether a version is wanted here at all: an import wants none. */
  wantsVersion: boolean;
  /** The level of a name that is not there, or of a version that is not, where it is not the code's own. */
  levels?: { absent?: Level; version?: Level };
}

type RegistryTarget = Extract<DependencyTarget, { kind: 'registry' }>;

type MakeFinding = (code: Code, facts: Facts, level?: Level) => Finding;

/** Judges one name by where it comes from and, where a registry was asked, by what that said. */
export function judgeSighting(sighting: Sighting, rules: SightingRules, question: Asked): Verdict {
  const { target } = sighting;
  const { options, finding } = question;
  const place = placeOf(sighting);
  switch (target.kind) {
    case 'elsewhere':
      return { sighting, state: 'skipped', reason: target.reason, findings: [] };
    case 'unknown':
      return { sighting, state: 'unverified', name: sighting.name, cause: target.cause, retryAt: null, findings: [] };
    case 'invalid-name':
    case 'invalid-spec': {
      const code = target.kind === 'invalid-name' ? 'name-invalid' : 'spec-invalid';
      const facts = { ...rules.facts, ...NOT_ASKED, cause: target.cause };
      return { sighting, state: 'checked', looked: {}, findings: [finding(code, facts, place)] };
    }
    case 'registry': {
      const reason = privacyOf(target.name, options);
      if (reason !== null) return { sighting, state: 'skipped', reason, findings: [] };
      if (options.lookups !== 'public') return judgeWithoutAsking(sighting, target.name, options.lookups);
      return judgeAnswer(sighting, target, rules, question, (code, facts, level) =>
        finding(code, { ...rules.facts, ...facts, name: target.name }, { ...place, level }),
      );
    }
  }
}

/** What can be said of a name that the configuration lets nobody be asked about. */
function judgeWithoutAsking(sighting: Sighting, name: string, lookups: 'offline' | 'none'): Verdict {
  const skipped = (reason: string): Verdict => ({ sighting, state: 'skipped', reason, findings: [] });
  if (lookups === 'none') return skipped('not to be looked up, by the configuration (lookups: none)');
  if (isPopular(name)) return skipped('one of the popular packages that Composure knows without asking');
  const cause = 'the configuration sends no name anywhere (lookups: offline), and it is none of the popular packages';
  return { sighting, state: 'unverified', name, cause, retryAt: null, findings: [] };
}

function judgeAnswer(
  sighting: Sighting,
  target: RegistryTarget,
  rules: SightingRules,
  question: Asked,
  finding: MakeFinding,
): Verdict {
  const { evidence } = question;
  const { name } = target;
  const unverified = (cause: string, retryAt: string | null = null): Verdict => {
    return { sighting, state: 'unverified', name, cause, retryAt, findings: [] };
  };
  const answer = evidence.package(sighting.ecosystem, name);
  if (!answer) return unverified('it was not asked for');
  const looked = { registry: answer.registry, askedAt: answer.askedAt, answer: answer.state };
  const checked = (...findings: Finding[]): Verdict => ({ sighting, state: 'checked', looked, findings });

  switch (answer.state) {
    case 'exists':
      return checked(...judgeExisting(target, answer, looked, rules, question, finding));
    case 'placeholder':
      return checked(finding('package-placeholder', looked));
    case 'unpublished':
      return checked(finding('package-unpublished', { ...looked, unpublishedAt: answer.at }));
    case 'absent':
      // An index that lags behind has it all the same: a hit is proof, a miss would be none.
      if (evidence.listing('npm', name)?.state === 'listed') {
        return unverified('the npm registry does not show it, and deps.dev lists it: one of the two is mistaken');
      }
      // Without our signing in, a private package of the very same registry looks exactly like this.
      if (target.signsInBy !== null && name.startsWith('@')) {
        return unverified(
          `the npm registry does not show it, and ${target.signsInBy} signs in there, so it may be private: a maintainer lists it under "private" in .github/composure.yml if it is, and otherwise the author corrects the name`,
        );
      }
      return checked(finding(rules.absent, { ...looked, ...askedTwice(answer) }, rules.levels?.absent));
    case 'confirming':
      return unverified(
        `the npm registry answered ${answer.status} once; it is asked again before that is believed`,
        answer.retryAt,
      );
    case 'private':
      return unverified(
        `the npm registry answered ${answer.status}, as it does for private packages: a maintainer lists it under "private" in .github/composure.yml if it is one`,
      );
    case 'unavailable':
      return unverified(answer.cause, answer.retryAt);
  }
}

function judgeExisting(
  { name, want }: RegistryTarget,
  answer: ExistingPackage,
  looked: Facts,
  rules: SightingRules,
  { evidence }: Asked,
  finding: MakeFinding,
): Finding[] {
  if (!rules.wantsVersion) return [];
  const verdict = judgeVersion(want, answer);
  const newest = newestVersion(answer);
  switch (verdict.state) {
    case 'satisfied':
      return [];
    case 'no-such-tag': {
      const tags = Object.keys(answer.tags).slice(0, 10);
      return [finding('tag-absent', { ...looked, wanted: want.value, newest, tags }, rules.levels?.version)];
    }
    case 'unsatisfied': {
      const { onlyPrereleases, npmInstallsLatest } = verdict;
      const facts = { ...looked, wanted: want.value, newest, onlyPrereleases, npmInstallsLatest };
      const publishedAt = publishedOnce(name, want, answer, evidence);
      if (publishedAt !== null) {
        return [finding('version-unpublished', { ...facts, publishedAt }, rules.levels?.version)];
      }
      return [finding('version-unsatisfiable', facts, npmInstallsLatest ? 'warning' : rules.levels?.version)];
    }
  }
}

function askedTwice({ status, answers }: Extract<PackageAnswer, { state: 'absent' }>): Facts {
  const times = answers.map(({ at }) => Date.parse(at));
  const secondsApart = Math.round((Math.max(...times) - Math.min(...times)) / 1000);
  return { status, secondsApart, answers: answers.map(({ at, status: one }) => ({ at, status: one })) };
}
