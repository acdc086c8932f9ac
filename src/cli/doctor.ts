import { readFileSync } from 'node:fs';
import { parse } from 'yaml';
import { z } from 'zod';
import { type Environment, readSettings, type Settings } from '../app/settings.ts';
import type { EvidenceSources } from '../gather.ts';
import { type AppClients, createAppClients } from '../github/app-client.ts';
import { describeGitHubError, statusOf } from '../github/client.ts';
import {
  inspectApp,
  inspectDeliveries,
  inspectInstallations,
  inspectRepositories,
  inspectWebhook,
} from '../github/inspect-app.ts';
import { CHECK_NAME } from '../github/read.ts';
import { probeStore } from '../intake/probe-store.ts';
import { createPackageSource } from '../registries/index.ts';
import { oneLine } from '../render/escape.ts';
import { type DoctorFinding, ok, problem, warning } from './doctor/finding.ts';
import {
  judgeApp,
  judgeClock,
  judgeDeliveries,
  judgeInstallation,
  judgeRepository,
  judgeWebhook,
  type Manifest,
} from './doctor/judge.ts';

/** What `composure doctor` was asked. */
export interface DoctorOptions {
  format: 'text' | 'json';
}

/** What the command is run in; only the entry point knows it. */
export interface DoctorSurroundings {
  environment: Environment;
  /** What was found under PRIVATE_KEY or at PRIVATE_KEY_PATH. */
  privateKey: string | null;
  /** Where the app takes events. */
  webhookPath: string;
  clock(): Date;
  sleep(ms: number): Promise<void>;
}

/** What there is to print, and how to end. */
export interface DoctorResult {
  /** 0: nothing is broken. 1: something is. */
  exitCode: 0 | 1;
  output: string;
}

const DEFAULT_DATABASE = 'sqlite:./data/composure.db';

/** Certainly in every registry that is npm's or a mirror of it. */
const CANARY = 'semver';

/** `composure doctor`: looks at everything that the app needs from outside, and says what to do where it is missing. */
export async function doctor(options: DoctorOptions, surroundings: DoctorSurroundings): Promise<DoctorResult> {
  const findings = await examine(surroundings);
  const healthy = findings.every(({ level }) => level !== 'problem');
  const output =
    options.format === 'json'
      ? `${JSON.stringify({ version: 1, healthy, findings }, null, 2)}\n`
      : renderText(findings);
  return { exitCode: healthy ? 0 : 1, output };
}

async function examine(surroundings: DoctorSurroundings): Promise<DoctorFinding[]> {
  const { environment, privateKey } = surroundings;
  const result = readSettings(environment, privateKey);
  const store = examineStore(environment.DATABASE_URL || DEFAULT_DATABASE);
  if (result.state === 'set-up') {
    const missing = problem(
      'settings',
      'There are no credentials.',
      'Run npm start and open its page to register the App.',
    );
    return [missing, await store];
  }
  if (result.state === 'wrong') {
    return [
      ...result.problems.map((sentence) => problem('settings', sentence, 'Correct it where the app is started.')),
      await store,
    ];
  }
  const { settings, remarks } = result;
  const [github, kept, registry] = await Promise.all([
    examineGitHub(settings, surroundings),
    store,
    examineRegistry(settings, surroundings),
  ]);
  const cautions = remarks.map((remark) => warning('settings', remark, 'Correct it where the app is started.'));
  return [...(cautions.length > 0 ? cautions : [ok('settings', 'complete')]), ...github, kept, registry];
}

async function examineGitHub(
  { appId, privateKey, githubApiUrl }: Settings,
  { clock, webhookPath }: DoctorSurroundings,
): Promise<DoctorFinding[]> {
  const clients = createAppClients({ appId, privateKey, baseUrl: githubApiUrl });
  const manifest = readManifest();
  const known = await asked('GitHub', () => inspectApp(clients.app));
  if ('finding' in known) return [known.finding];
  const app = known.answer;
  const [webhook, deliveries, installations] = await Promise.all([
    asked('webhook URL', () => inspectWebhook(clients.app)),
    asked('deliveries', () => inspectDeliveries(clients.app)),
    asked('installations', () => inspectInstallations(clients.app)),
  ]);
  return [
    ok('GitHub', `knows these credentials as the App ${app.slug} (${app.id})`),
    judgeClock(app.date, clock().getTime()),
    ...judgeApp(app, manifest),
    ...('finding' in webhook ? [webhook.finding] : judgeWebhook(webhook.answer, webhookPath)),
    'finding' in deliveries ? deliveries.finding : judgeDeliveries(deliveries.answer),
    ...('finding' in installations
      ? [installations.finding]
      : await examineInstallations(installations.answer, clients, manifest, app)),
  ];
}

async function examineInstallations(
  installations: Awaited<ReturnType<typeof inspectInstallations>>,
  clients: AppClients,
  manifest: Manifest,
  app: { id: number; slug: string },
): Promise<DoctorFinding[]> {
  if (installations.length === 0) {
    return [
      warning(
        'installations',
        'The App is installed nowhere.',
        `An owner installs it from the page of the App ${app.slug}.`,
      ),
    ];
  }
  const findings: DoctorFinding[] = [];
  for (const installation of installations) {
    findings.push(judgeInstallation(installation, manifest));
    if (installation.suspended) continue;
    const subject = `rulesets of ${installation.account}`;
    const found = await asked(subject, () => inspectRepositories(clients.forInstallation(installation.id)));
    if ('finding' in found) {
      findings.push(found.finding);
      continue;
    }
    const { repositories, left } = found.answer;
    findings.push(...repositories.map((repository) => judgeRepository(repository, CHECK_NAME, app.id)));
    if (left > 0) findings.push(ok(subject, `${left} more repositories were not looked at`));
  }
  return findings;
}

/** What GitHub answered, or what its refusal means. */
async function asked<Answer>(
  subject: string,
  ask: () => Promise<Answer>,
): Promise<{ answer: Answer } | { finding: DoctorFinding }> {
  try {
    return { answer: await ask() };
  } catch (error) {
    const status = statusOf(error);
    // Octokit gives the network's errors a status of their own, and the author of an error of ours wrote none.
    if (status === undefined) throw error;
    const refused = status === 401 || status === 403 || status === 404;
    const cure = refused
      ? 'APP_ID and PRIVATE_KEY must belong to the same App, on the GitHub that GITHUB_API_URL or GHE_HOST names.'
      : 'See that this machine reaches GitHub, and whether GitHub has an outage.';
    return { finding: problem(subject, `${describeGitHubError(error)}.`, cure) };
  }
}

async function examineStore(databaseUrl: string): Promise<DoctorFinding> {
  const { ok: usable, detail } = await probeStore(databaseUrl);
  if (usable) return ok('store', detail);
  return problem('store', `${detail}.`, 'Correct DATABASE_URL, or see that the store runs and lets this user in.');
}

async function examineRegistry(
  { npmRegistry, confirmAfterMs }: Settings,
  { clock, sleep }: DoctorSurroundings,
): Promise<DoctorFinding> {
  const subject = 'npm registry';
  if (npmRegistry === 'off') return ok(subject, 'look-ups are switched off');
  const options = { registry: npmRegistry, confirmAfterMs, waitForConfirmation: false, clock, sleep };
  const source: EvidenceSources['packages'] = createPackageSource(options);
  const [entry] = await source([{ kind: 'package', ecosystem: 'npm', name: CANARY }]);
  const answer = entry?.[1];
  const state = answer && 'state' in answer ? answer.state : 'unavailable';
  if (state === 'exists') return ok(subject, 'answers');
  const cause = answer && 'cause' in answer ? ` (${answer.cause})` : '';
  return warning(
    subject,
    `It does not tell about ${CANARY}: ${state}${cause}.`,
    'Until it does, new packages are undetermined: correct COMPOSURE_NPM_REGISTRY or let this machine reach it.',
  );
}

const manifestShape = z.object({
  default_permissions: z.record(z.string(), z.string()),
  default_events: z.array(z.string()),
});

/** It lies as far above this file in src/ as in dist/. */
function readManifest(): Manifest {
  return manifestShape.parse(parse(readFileSync(new URL('../../app.yml', import.meta.url), 'utf8')));
}

const SIGNS = { ok: '✓', warning: '!', problem: '✗' } as const;

/** The longest line: what GitHub says may be long, and a terminal is not to be steered by it. */
const MAX_LINE = 400;

function renderText(findings: readonly DoctorFinding[]): string {
  const lines = findings.flatMap(({ subject, level, seen, cure }) => [
    `${SIGNS[level]} ${oneLine(subject, MAX_LINE)}: ${oneLine(seen, MAX_LINE)}`,
    ...(cure === null ? [] : [`    → ${oneLine(cure, MAX_LINE)}`]),
  ]);
  const count = (level: DoctorFinding['level']) => findings.filter((finding) => finding.level === level).length;
  const summary = `${count('problem')} problems, ${count('warning')} warnings, ${count('ok')} in order`;
  return `${[...lines, '', summary].join('\n')}\n`;
}
