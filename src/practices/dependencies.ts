import { type DependencyChanges, NO_DEPENDENCY_CHANGES } from '../model/dependency.ts';
import type { EvidenceRequest } from '../model/evidence.ts';
import type { PullRequest } from '../model/pull-request.ts';
import type { Finding, Missing } from '../model/review.ts';
import { definePractice } from './define-practice.ts';
import { settingsRequests } from './dependencies/age-gates.ts';
import { backgroundRequests, judgeBackground, judgeConfusion, namesInFull } from './dependencies/background.ts';
import { judgeCommand, sightingOfCommand } from './dependencies/judge-command.ts';
import { judgeDeclared } from './dependencies/judge-declared.ts';
import { ecosystemRequests, judgeEcosystems } from './dependencies/judge-ecosystems.ts';
import { judgeFaults } from './dependencies/judge-faults.ts';
import { judgeImport, sightingOfImport } from './dependencies/judge-import.ts';
import { messages } from './dependencies/messages.ts';
import { type Options, options } from './dependencies/options.ts';
import { privacyOf } from './dependencies/private-names.ts';
import { judgeReappeared } from './dependencies/reappeared.ts';
import { isExcluded, judgedOf } from './dependencies/scope.ts';
import { withSuggestion } from './dependencies/suggestions.ts';
import { factsOf, summarise, unansweredOf } from './dependencies/tell.ts';
import type { Sighting } from './dependencies/verdict.ts';

/** Every package that a pull request newly names, wherever it names it, exists in a version that can be had. */
export const dependencies = definePractice({
  id: 'dependencies',
  title: 'Dependencies',
  summary: 'Packages that a change names exist in their registry, in a version that satisfies what is asked for.',
  options,
  presets: {
    advisory: { mode: 'warn' },
    standard: { mode: 'block' },
    strict: { mode: 'block', errors: ['package-reappeared', 'script-allowed', 'registry-config-changed'] },
  },
  judgesDependencyBots: true,
  messages,
  needs: (pullRequest, options, evidence) => {
    if (!changesAnything(pullRequest, options.exclude)) return [];
    const changes = evidence.dependencyChanges();
    if (!changes) return [{ kind: 'dependency-changes' }, ...settingsRequests(pullRequest)];
    if (options.lookups !== 'public') return [];
    const judged = judgedOf(changes, options.exclude);
    return [
      ...namesToLookUp(judged, options),
      ...backgroundRequests(judged, options, evidence),
      ...ecosystemRequests(judged, options),
    ];
  },
  evaluate: (question) => {
    const { pullRequest, evidence, options } = question;
    const gathered = changesAnything(pullRequest, options.exclude)
      ? (evidence.dependencyChanges() ?? NOTHING_GATHERED)
      : NO_DEPENDENCY_CHANGES;
    const missing = missingFiles(pullRequest);
    if (missing.length === 0 && filesReadIn(gathered) === 0 && gathered.missing.length === 0) {
      return { skipped: true, summary: 'Nothing in the change names a package.', facts: {} };
    }
    const changes = judgedOf(gathered, options.exclude);
    const verdicts = [
      ...changes.changes.map((change) => judgeDeclared(change, question)),
      ...changes.imports.map((imported) => judgeImport(imported, question)),
      ...changes.commands.map((commanded) => judgeCommand(commanded, question)),
    ];
    const background = judgeBackground(changes, question);
    const others = judgeEcosystems(changes, question);
    const reappeared = judgeReappeared(
      verdicts.map(({ sighting }) => sighting),
      question,
    );
    const findings = [
      ...judgeFaults(changes, question),
      ...reappeared.findings,
      ...verdicts.flatMap((verdict) => verdict.findings).map((finding) => withSuggestion(finding, pullRequest)),
      ...background.findings,
      ...judgeConfusion(changes, question),
      ...others.findings,
    ].map((finding) => raised(finding, options));
    missing.push(...changes.missing.map(({ what, cause }) => ({ what, cause })), ...unansweredOf(verdicts));
    missing.push(...background.missing, ...others.missing);
    return {
      summary: summarise(verdicts, findings, missing),
      facts: factsOf(verdicts, changes, others.facts),
      findings,
      missing,
      ...(reappeared.memory !== null && { memory: reappeared.memory }),
    };
  },
});

const NOTHING_GATHERED: DependencyChanges = {
  ...NO_DEPENDENCY_CHANGES,
  missing: [{ path: 'package.json', what: 'the changed dependencies', cause: 'they were not asked for' }],
};

function filesReadIn({ filesRead, others }: DependencyChanges): number {
  return filesRead + (others?.filesRead ?? 0);
}

function changesAnything({ files }: PullRequest, exclude: readonly string[]): boolean {
  return files.some(({ path }) => !isExcluded(path, exclude));
}

/** The list of files alone counts: a patch that is missing is no loss where files are read whole. */
function missingFiles({ files, totals }: PullRequest): Missing[] {
  if (files.length >= totals.files) return [];
  const cause = `${files.length} of ${totals.files} were listed`;
  return [{ what: 'the whole list of changed files, which may hold more manifests', cause }];
}

/** Privacy first: a name that must not leave never becomes a request. */
function namesToLookUp(changes: DependencyChanges, options: Options): EvidenceRequest[] {
  const sightings: Pick<Sighting, 'target'>[] = [
    ...changes.changes,
    ...changes.imports.map(sightingOfImport),
    ...changes.commands.map(sightingOfCommand),
  ];
  const names = new Set<string>();
  for (const { target } of sightings) {
    if (target.kind === 'registry' && privacyOf(target.name, options) === null) names.add(target.name);
  }
  const inFull = namesInFull(changes, options);
  return [...names].map((name) => ({ kind: 'package', ecosystem: 'npm', name, inFull: inFull.has(name) }));
}

/** As grave as the configuration takes it. */
function raised(finding: Finding, { errors }: Options): Finding {
  return (errors as readonly string[]).includes(finding.code) ? { ...finding, level: 'error' } : finding;
}
