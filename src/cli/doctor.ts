import { readFileSync } from 'node:fs';
import { parse } from 'yaml';
import { z } from 'zod';
import { type Environment, readDatabaseUrl } from '../app/read-setting.ts';
import { readSettings, type Settings } from '../app/settings.ts';
import type { EvidenceSources } from '../gather.ts';
import { type AppClients, createAppClients } from '../github/app-client.ts';
import { describeGitHubError, headersOf, readClock, statusOf } from '../github/client.ts';
import {
  inspectApp,
  inspectDeliveries,
  inspectInstallations,
  inspectRepositories,
  inspectWebhook,
} from '../github/inspect-app.ts';
import { CHECK_NAME } from '../github/read.ts';
import { probeStore, type StoreProbe } from '../intake/probe-store.ts';
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
  const store = examineStore(environment);
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
  const [github, kept, registries] = await Promise.all([
    examineGitHub(settings, surroundings),
    store,
    examineRegistries(settings, surroundings),
  ]);
  const cautions = remarks.map((remark) => warning('settings', remark, 'Correct it where the app is started.'));
  return [...(cautions.length > 0 ? cautions : [ok('settings', 'complete')]), ...github, kept, ...registries];
}

async function examineGitHub(
  { appId, privateKey, githubApiUrl }: Settings,
  { clock, webhookPath }: DoctorSurroundings,
): Promise<DoctorFinding[]> {
  const clients = createAppClients({ appId, privateKey, baseUrl: githubApiUrl });
  const manifest = readManifest();
  const known = await asked('GitHub', () => inspectApp(clients.app));
  if ('finding' in known) {
    // A clock that is far off looks like a wrong key: GitHub refuses what is signed with its time.
    const off = known.date === null ? null : judgeClock(known.date, clock().getTime());
    return off === null || off.level === 'ok' ? [known.finding] : [off, known.finding];
  }
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
    findings.push(...repositories.flatMap((repository) => judgeRepository(repository, CHECK_NAME, app.id)));
    if (left > 0) findings.push(ok(subject, `${left} more repositories were not looked at`));
  }
  return findings;
}

/** What GitHub answered, or what its refusal means and when by its clock that was (ISO 8601), where it said. */
async function asked<Answer>(
  subject: string,
  ask: () => Promise<Answer>,
): Promise<{ answer: Answer } | { finding: DoctorFinding; date: string | null }> {
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
    const time = readClock(headersOf(error));
    const date = time === null ? null : new Date(time).toISOString();
    return { finding: problem(subject, `${describeGitHubError(error)}.`, cure), date };
  }
}

async function examineStore({ DATABASE_URL }: Environment): Promise<DoctorFinding> {
  const location = readDatabaseUrl(DATABASE_URL);
  // What it says is not repeated: it may hold a password.
  const {
    ok: usable,
    detail,
    cure,
  }: StoreProbe = location
    ? await probeStore(location)
    : { ok: false, detail: 'DATABASE_URL begins neither with “sqlite:” nor with “postgres://”' };
  if (usable && location?.kind === 'memory') {
    return warning('store', `${detail}.`, 'Set DATABASE_URL to a file (sqlite:…) or a server (postgres://…).');
  }
  if (usable) return ok('store', detail);
  const usual = 'Correct DATABASE_URL, or see that the store runs and lets this user in.';
  return problem('store', `${detail}.`, cure ?? usual);
}

/** npm's registry, and the services that are asked beside it. */
async function examineRegistries(
  { npmRegistry, osv, depsDev, confirmAfterMs }: Settings,
  { clock, sleep }: DoctorSurroundings,
): Promise<DoctorFinding[]> {
  const options = { registry: npmRegistry, osv, depsDev, confirmAfterMs, waitForConfirmation: false, clock, sleep };
  const source: EvidenceSources['packages'] = createPackageSource(options);
  const about = { ecosystem: 'npm', name: CANARY } as const;
  const asked = [
    {
      subject: 'npm registry',
      at: npmRegistry,
      variable: 'COMPOSURE_NPM_REGISTRY',
      request: { kind: 'package', ...about },
    },
    { subject: 'OSV', at: osv, variable: 'COMPOSURE_OSV_URL', request: { kind: 'advisories', ...about } },
    { subject: 'deps.dev', at: depsDev, variable: 'COMPOSURE_DEPSDEV_URL', request: { kind: 'listing', ...about } },
  ] as const;
  return Promise.all(
    asked.map(async ({ subject, at, variable, request }) => {
      if (at === 'off') return ok(subject, 'look-ups are switched off');
      const [entry] = await source([request]);
      const answer = entry?.[1];
      const state = answer && 'state' in answer ? answer.state : 'unavailable';
      if (KNOWN_STATES.has(state)) return ok(subject, 'answers');
      const cause = answer && 'cause' in answer ? ` (${answer.cause})` : '';
      return warning(
        subject,
        `It does not tell about ${CANARY}: ${state}${cause}.`,
        `Until it does, what depends on it is undetermined: correct ${variable}, or let this machine reach it.`,
      );
    }),
  );
}

/** What each of them says of a package that is certainly there. */
const KNOWN_STATES: ReadonlySet<string> = new Set(['exists', 'known', 'listed']);

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
  const counted = (level: DoctorFinding['level']) => `${count(level)} ${level}${count(level) === 1 ? '' : 's'}`;
  const summary = `${counted('problem')}, ${counted('warning')}, ${count('ok')} in order`;
  return `${[...lines, '', summary].join('\n')}\n`;
}
