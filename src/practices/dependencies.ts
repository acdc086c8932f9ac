import { minimatch } from 'minimatch';
import { z } from 'zod';
import type { DependencyChange, DependencyChanges, DependencyTarget } from '../model/dependency.ts';
import type { Evidence, EvidenceRequest, PackageAnswer } from '../model/evidence.ts';
import { baseName } from '../model/package-files.ts';
import type { PullRequest } from '../model/pull-request.ts';
import type { Facts, Finding, Json, Missing } from '../model/review.ts';
import { definePractice, type Question } from './define-practice.ts';
import { privacyOf } from './dependencies/private-names.ts';
import { type ExistingPackage, judgeVersion, newestVersion } from './dependencies/wanted-version.ts';

const options = z.strictObject({
  private: z
    .array(z.string().min(1))
    .default([])
    .describe(
      'Globs of package names that are private: never looked up, and never called absent. `@acme` stands for `@acme/*`.',
    ),
  registries: z
    .record(z.string().regex(/^@[^/\s]+$/, 'A scope, such as "@acme"'), z.url({ protocol: /^https?$/ }))
    .default({})
    .describe('Scope to the registry it lives in. Names of such a scope are never looked up anywhere else.'),
  exclude: z
    .array(z.string().min(1))
    .default(['**/fixtures/**', '**/__fixtures__/**', '**/testdata/**'])
    .describe('Globs of manifests that nobody installs from, and that are therefore not judged.'),
});

type Options = z.output<typeof options>;

type Code =
  | 'package-absent'
  | 'package-placeholder'
  | 'package-unpublished'
  | 'version-unsatisfiable'
  | 'tag-absent'
  | 'spec-invalid'
  | 'name-invalid'
  | 'manifest-unreadable';

/** Every package that a pull request newly names exists, in a version that can be had. */
export const dependencies = definePractice({
  id: 'dependencies',
  title: 'Dependencies',
  summary: 'Packages that a change names exist in their registry, in a version that satisfies what is asked for.',
  options,
  presets: { advisory: { mode: 'warn' }, standard: { mode: 'block' }, strict: { mode: 'block' } },
  judgesDependencyBots: true,
  messages: {
    'package-absent': {
      level: 'error',
      text: ({ name, answers, secondsApart }) =>
        `"${name}" was not found on the npm registry (${timesAsked(answers, secondsApart)}). A name that nobody has taken can be registered by anybody, and would then run their code wherever this is installed. The author corrects the name or removes the dependency; if the package is private, a maintainer lists it under "private" in .github/composure.yml.`,
    },
    'package-placeholder': {
      level: 'error',
      text: ({ name }) =>
        `"${name}" is a placeholder on the npm registry: the registry itself holds the name, and there is no package behind it. The author corrects the name or removes the dependency.`,
    },
    'package-unpublished': {
      level: 'error',
      text: ({ name, unpublishedAt }) =>
        `"${name}" was unpublished from the npm registry${unpublishedAt ? ` (${unpublishedAt})` : ''}: the name is known, and no version of it is left to install. The author chooses another package or removes the dependency.`,
    },
    'version-unsatisfiable': {
      level: 'error',
      text: ({ name, wanted, newest, onlyPrereleases, npmInstallsLatest }) =>
        [
          onlyPrereleases
            ? `Only pre-releases of "${name}" match "${wanted}", and such a range does not include them`
            : `No published version of "${name}" satisfies "${wanted}"`,
          newest ? `; the newest is ${newest}. ` : '. ',
          npmInstallsLatest
            ? 'npm installs that one all the same, other package managers do not. The author names the version that is meant.'
            : 'Installing it fails. The author asks for a version that is published.',
        ].join(''),
    },
    'tag-absent': {
      level: 'error',
      text: ({ name, wanted, tags }) =>
        `"${wanted}" is no version, and "${name}" has no tag of that name${listOf(' (it has ', tags, ')')}. Installing it fails. The author names a version, a range or a tag that is there.`,
    },
    'spec-invalid': {
      level: 'error',
      text: ({ name, spec, cause }) =>
        `"${spec}" is nothing that can be installed as "${name}": ${cause}. The author writes a version, a range, a tag or the place it comes from.`,
    },
    'name-invalid': {
      level: 'error',
      text: ({ name, cause }) =>
        `"${name}" can not be the name of a package: ${cause}. The author corrects the name or removes the dependency.`,
    },
    'manifest-unreadable': {
      level: 'error',
      text: ({ manifest, cause }) =>
        `${manifest} could not be understood: ${cause}. Until it is mended, nothing can be installed from it and none of its dependencies can be verified. The author mends the file.`,
    },
  },
  needs: (pullRequest, { exclude, ...privacy }, evidence) => {
    if (!touchesManifest(pullRequest, exclude)) return [];
    const changes = evidence.dependencyChanges();
    if (!changes) return [{ kind: 'dependency-changes' }];
    return namesToLookUp(judged(changes, exclude).changes, privacy);
  },
  evaluate: (question) => {
    const { pullRequest, evidence, options } = question;
    const missing = missingFiles(pullRequest);
    if (missing.length === 0 && !touchesManifest(pullRequest, options.exclude)) {
      return { skipped: true, summary: 'No package.json was changed.', facts: {} };
    }
    const changes = judged(evidence.dependencyChanges() ?? NOTHING_GATHERED, options.exclude);
    missing.push(...changes.missing.map(({ what, cause }) => ({ what, cause })));
    const verdicts = changes.changes.map((change) => judge(change, question));
    missing.push(...unansweredOf(verdicts));

    const findings = changes.unreadable.map(({ path, line, cause }) =>
      question.finding('manifest-unreadable', { manifest: path, cause }, { path, line: line ?? undefined }),
    );
    findings.push(...verdicts.map(({ finding }) => finding).filter((finding) => finding !== null));
    return { summary: summarise(verdicts, findings, missing), facts: factsOf(verdicts), findings, missing };
  },
});

/** What became of one dependency: looked up, left alone for a reason, or still open for a cause. */
type Verdict = { change: DependencyChange; finding: Finding | null } & (
  | { state: 'checked'; looked: Facts }
  | { state: 'skipped'; reason: string }
  | { state: 'unverified'; name: string; cause: string; retryAt: string | null }
);

const NOTHING_GATHERED: DependencyChanges = {
  changes: [],
  unreadable: [],
  missing: [{ path: 'package.json', what: 'the changed dependencies', cause: 'they were not asked for' }],
};

function touchesManifest(pullRequest: PullRequest, exclude: readonly string[]): boolean {
  return pullRequest.files.some(
    ({ path, status }) => baseName(path) === 'package.json' && status !== 'removed' && !isExcluded(path, exclude),
  );
}

/** The list of files alone counts: a patch that is missing is no loss, since manifests are read whole. */
function missingFiles({ files, totals }: PullRequest): Missing[] {
  if (files.length >= totals.files) return [];
  const cause = `${files.length} of ${totals.files} were listed`;
  return [{ what: 'the whole list of changed files, which may hold more manifests', cause }];
}

/** Without the manifests that the configuration leaves out. */
function judged(changes: DependencyChanges, exclude: readonly string[]): DependencyChanges {
  const isJudged = ({ path }: { path: string }) => !isExcluded(path, exclude);
  return {
    changes: changes.changes.filter(isJudged),
    unreadable: changes.unreadable.filter(isJudged),
    missing: changes.missing.filter(isJudged),
  };
}

function isExcluded(path: string, exclude: readonly string[]): boolean {
  return exclude.some((glob) => minimatch(path, glob, { dot: true, nocomment: true, nonegate: true }));
}

/** Privacy first: a name that must not leave never becomes a request. */
function namesToLookUp(changes: readonly DependencyChange[], privacy: Omit<Options, 'exclude'>): EvidenceRequest[] {
  const names = new Set<string>();
  for (const { target } of changes) {
    if (target.kind === 'registry' && privacyOf(target.name, privacy) === null) names.add(target.name);
  }
  return [...names].map((name) => ({ kind: 'package', ecosystem: 'npm', name }));
}

function judge(change: DependencyChange, question: Question<Options, Code>): Verdict {
  const { target } = change;
  const { options, evidence, finding } = question;
  const place = { path: change.path, line: change.line ?? undefined };
  switch (target.kind) {
    case 'elsewhere':
      return { change, state: 'skipped', reason: target.reason, finding: null };
    case 'unknown':
      return { change, state: 'unverified', name: change.name, cause: target.cause, retryAt: null, finding: null };
    case 'invalid-name':
    case 'invalid-spec': {
      const code = target.kind === 'invalid-name' ? 'name-invalid' : 'spec-invalid';
      const facts = { ...declaredIn(change), cause: target.cause };
      return { change, state: 'checked', looked: {}, finding: finding(code, facts, place) };
    }
    case 'registry': {
      const reason = privacyOf(target.name, options);
      if (reason !== null) return { change, state: 'skipped', reason, finding: null };
      return judgeAnswer(change, target, evidence, (code, facts, level) =>
        finding(code, { ...declaredIn(change), ...facts, name: target.name }, { ...place, level }),
      );
    }
  }
}

type RegistryTarget = Extract<DependencyTarget, { kind: 'registry' }>;

type MakeFinding = (code: Code, facts: Facts, level?: 'warning') => Finding;

function judgeAnswer(
  change: DependencyChange,
  target: RegistryTarget,
  evidence: Evidence,
  finding: MakeFinding,
): Verdict {
  const { name } = target;
  const unverified = (cause: string, retryAt: string | null = null): Verdict => {
    return { change, state: 'unverified', name, cause, retryAt, finding: null };
  };
  const answer = evidence.package('npm', name);
  if (!answer) return unverified('it was not asked for');
  const looked = { registry: answer.registry, askedAt: answer.askedAt, answer: answer.state };
  const checked = (found: Finding | null): Verdict => ({ change, state: 'checked', looked, finding: found });

  switch (answer.state) {
    case 'exists':
      return checked(judgeExisting(target, answer, looked, finding));
    case 'placeholder':
      return checked(finding('package-placeholder', looked));
    case 'unpublished':
      return checked(finding('package-unpublished', { ...looked, unpublishedAt: answer.at }));
    case 'absent':
      // Without our signing in, a private package of the very same registry looks exactly like this.
      if (target.signsInBy !== null && name.startsWith('@')) {
        return unverified(
          `the npm registry does not show it, and ${target.signsInBy} signs in there, so it may be private: a maintainer lists it under "private" in .github/composure.yml if it is, and otherwise the author corrects the name`,
        );
      }
      return checked(finding('package-absent', { ...looked, ...askedTwice(answer) }));
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
  target: RegistryTarget,
  answer: ExistingPackage,
  looked: Facts,
  finding: MakeFinding,
): Finding | null {
  const { want } = target;
  const verdict = judgeVersion(want, answer);
  const newest = newestVersion(answer);
  switch (verdict.state) {
    case 'satisfied':
      return null;
    case 'no-such-tag':
      return finding('tag-absent', {
        ...looked,
        wanted: want.value,
        newest,
        tags: Object.keys(answer.tags).slice(0, 10),
      });
    case 'unsatisfied': {
      const { onlyPrereleases, npmInstallsLatest } = verdict;
      const facts = { ...looked, wanted: want.value, newest, onlyPrereleases, npmInstallsLatest };
      return finding('version-unsatisfiable', facts, npmInstallsLatest ? 'warning' : undefined);
    }
  }
}

/** What a finding always carries, so that a script need not open the manifest. */
function declaredIn({ ecosystem, name, spec, previousSpec, field }: DependencyChange): Facts {
  return { ecosystem, name, declaredAs: name, spec, previousSpec, field };
}

function askedTwice({ status, answers }: Extract<PackageAnswer, { state: 'absent' }>): Facts {
  const times = answers.map(({ at }) => Date.parse(at));
  const secondsApart = Math.round((Math.max(...times) - Math.min(...times)) / 1000);
  return { status, secondsApart, answers: answers.map(({ at, status: one }) => ({ at, status: one })) };
}

/** "404 twice, 30 s apart". */
function timesAsked(answers: Json | undefined, secondsApart: Json | undefined): string {
  const statuses = (answers as readonly { status: number }[]).map(({ status }) => status);
  const same = statuses.every((status) => status === statuses[0]);
  const counted = same && statuses.length === 2 ? `${statuses[0]} twice` : statuses.join(', ');
  return secondsApart ? `${counted}, ${secondsApart} s apart` : counted;
}

function listOf(before: string, names: Json | undefined, after: string): string {
  const list = names as readonly string[];
  return list.length === 0 ? '' : `${before}${list.join(', ')}${after}`;
}

/** One entry for each cause, so that an outage does not fill a page with names. */
function unansweredOf(verdicts: readonly Verdict[]): Missing[] {
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

function factsOf(verdicts: readonly Verdict[]): Facts {
  const entry = ({ change: { ecosystem, name, spec, path, line, field } }: Verdict) => {
    return { ecosystem, name, spec, path, line, field };
  };
  return {
    checked: verdicts.filter((one) => one.state === 'checked').map((one) => ({ ...entry(one), ...one.looked })),
    skipped: verdicts.filter((one) => one.state === 'skipped').map((one) => ({ ...entry(one), reason: one.reason })),
    unverified: verdicts
      .filter((one) => one.state === 'unverified')
      .map((one) => ({ ...entry(one), cause: one.cause, retryAt: one.retryAt })),
  };
}

function summarise(verdicts: readonly Verdict[], findings: readonly Finding[], missing: readonly Missing[]): string {
  const count = (state: Verdict['state']) => verdicts.filter((verdict) => verdict.state === state).length;
  const wrong = verdicts.filter(({ finding }) => finding?.level === 'error').length;
  const unreadable = findings.some(({ code }) => code === 'manifest-unreadable');
  if (unreadable && wrong === 0) return 'A package.json could not be understood.';
  if (wrong > 0) return `${wrong} of ${counted(verdicts.length)} cannot be installed as written.`;
  const open = count('unverified');
  if (open > 0) return `${open} of ${counted(verdicts.length)} could not be verified yet.`;
  if (missing.length > 0) return 'Not every changed manifest could be read.';
  if (verdicts.length === 0) return 'No dependency was added or changed.';
  const skipped = count('skipped');
  const checked = count('checked');
  if (checked === 0) return `${counted(skipped)}, none of them for a public registry to answer.`;
  const rest = skipped === 0 ? '' : `; ${skipped} private, local or from elsewhere, not looked up`;
  return `${counted(checked)} looked up, and there to be installed${rest}.`;
}

function counted(dependencies: number): string {
  return dependencies === 1 ? '1 added or changed dependency' : `${dependencies} added or changed dependencies`;
}
