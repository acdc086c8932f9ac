import type {
  InspectedApp,
  InspectedDelivery,
  InspectedInstallation,
  InspectedRepository,
  InspectedWebhook,
} from '../../github/inspect-app.ts';
import { type DoctorFinding, ok, problem, warning } from './finding.ts';

/** What `app.yml` asks for. */
export interface Manifest {
  default_permissions: Readonly<Record<string, string>>;
  default_events: readonly string[];
}

/** What an App has been given, by itself or in one installation. */
type Granted = Pick<InspectedApp, 'permissions' | 'events'>;

const STRENGTH: Readonly<Record<string, number>> = { read: 1, write: 2, admin: 3 };

/** The App's own permissions and events against what it is written for. */
export function judgeApp(app: InspectedApp, manifest: Manifest): DoctorFinding[] {
  const { missing, superfluous } = comparePermissions(app, manifest);
  const deaf = manifest.default_events.filter((event) => !app.events.includes(event));
  const settings = 'on the App’s settings page, under “Permissions & events”';
  const permissions =
    missing.length > 0
      ? problem(
          'permissions',
          `The App lacks ${missing.join(', ')}.`,
          `Who owns the App grants them ${settings}; then each organisation accepts the change.`,
        )
      : superfluous.length > 0
        ? warning(
            'permissions',
            `The App has more than it uses: ${superfluous.join(', ')}.`,
            `Who owns the App takes them away ${settings}.`,
          )
        : ok('permissions', 'exactly those of app.yml');
  const events =
    deaf.length > 0
      ? problem('events', `The App does not hear of ${deaf.join(', ')}.`, `Who owns the App ticks them ${settings}.`)
      : ok('events', 'all those of app.yml');
  return [permissions, events];
}

/** What one account has agreed to, which lags behind when the App asks for more. */
export function judgeInstallation(installation: InspectedInstallation, manifest: Manifest): DoctorFinding {
  const subject = `installation ${installation.account}`;
  if (installation.suspended) {
    return warning(
      subject,
      'It is suspended: nothing is answered there.',
      `An owner of ${installation.account} resumes it under “Settings → GitHub Apps”.`,
    );
  }
  const { missing } = comparePermissions(installation, manifest);
  if (missing.length === 0) return ok(subject, 'has agreed to all permissions');
  return problem(
    subject,
    `It has not agreed to ${missing.join(', ')}.`,
    `An owner of ${installation.account} accepts the new permissions under “Settings → GitHub Apps”.`,
  );
}

function comparePermissions({ permissions }: Pick<Granted, 'permissions'>, manifest: Manifest) {
  const strengthOf = (level: string | undefined) => STRENGTH[level ?? ''] ?? 0;
  const wanted = manifest.default_permissions;
  return {
    missing: Object.entries(wanted)
      .filter(([name, level]) => strengthOf(permissions[name]) < strengthOf(level))
      .map(([name, level]) => `${name}: ${level}`),
    superfluous: Object.entries(permissions)
      .filter(([name, level]) => strengthOf(level) > strengthOf(wanted[name]))
      .map(([name, level]) => `${name}: ${level}`),
  };
}

/** Where events go, and whether they are signed. */
export function judgeWebhook(webhook: InspectedWebhook, path: string): DoctorFinding[] {
  const where = 'Who owns the App corrects it on the App’s settings page, under “Webhook”.';
  const findings: DoctorFinding[] = [];
  if (!webhook.url || !URL.canParse(webhook.url)) {
    findings.push(problem('webhook URL', 'GitHub has no address to send events to.', where));
  } else {
    const url = new URL(webhook.url);
    const shown = `${url.origin}${url.pathname}`;
    if (url.pathname !== path) {
      findings.push(problem('webhook URL', `Events go to ${shown}; the app listens at ${path}.`, where));
    } else if (url.protocol !== 'https:') {
      findings.push(warning('webhook URL', `Events travel in the open to ${shown}.`, `${where} Use https.`));
    } else if (!webhook.verifiesTls) {
      findings.push(warning('webhook URL', 'GitHub does not verify the certificate.', where));
    } else {
      findings.push(ok('webhook URL', shown));
    }
  }
  if (webhook.contentType !== null && webhook.contentType !== 'json') {
    findings.push(problem('webhook format', `Events come as “${webhook.contentType}”; the app reads JSON.`, where));
  }
  findings.push(
    webhook.hasSecret
      ? ok('webhook secret', 'one is set; whether it is the right one, the deliveries tell')
      : problem(
          'webhook secret',
          'None is set, so every event is refused.',
          'Who owns the App enters the value of WEBHOOK_SECRET on its settings page.',
        ),
  );
  return findings;
}

/** What became of the last events. GitHub never tells the secret; a wrong one shows here. */
export function judgeDeliveries(deliveries: readonly InspectedDelivery[]): DoctorFinding {
  const subject = 'deliveries';
  const [newest] = deliveries;
  if (!newest) {
    return warning(
      subject,
      'GitHub has delivered nothing in the last days.',
      'Open a pull request where the App is installed, and ask again.',
    );
  }
  const failed = deliveries.filter(({ statusCode }) => statusCode < 200 || statusCode >= 300);
  const counted = `${failed.length} of the last ${deliveries.length} failed`;
  if (failed.length === 0) return ok(subject, `the last ${deliveries.length} arrived`);
  const refused = failed.filter(({ statusCode }) => statusCode === 400 || statusCode === 401);
  // The newest decides what is wrong now; the others tell of the past.
  const now = newest.statusCode;
  if (now === 400 || now === 401) {
    return problem(
      subject,
      `${counted}, ${refused.length} of them because the signature was refused (${now}).`,
      'WEBHOOK_SECRET differs from the secret on the App’s settings page: set both to the same value and restart.',
    );
  }
  if (now >= 200 && now < 300) {
    return warning(
      subject,
      `${counted}; the newest arrived.`,
      'Nothing to do if this was an outage: what failed is asked for again every five minutes.',
    );
  }
  if (now >= 500 && now !== 502 && now !== 503 && now !== 504) {
    return problem(
      subject,
      `${counted}, the newest with ${now}.`,
      'The app could not store it: see its log and the store.',
    );
  }
  return problem(
    subject,
    `${counted}; the newest ${now === 0 ? 'was answered by nobody' : `with ${now}`}.`,
    'GitHub does not reach the app: see that it runs, and that proxy, firewall and certificate let GitHub in.',
  );
}

/** Whether a repository waits for our check, and for ours alone. */
export function judgeRepository(
  { fullName, branch, required }: InspectedRepository,
  check: string,
  appId: number,
): DoctorFinding {
  const subject = `ruleset ${fullName}`;
  const ours = required.filter(({ context }) => context === check);
  if (ours.some(({ integrationId }) => integrationId === appId)) return ok(subject, `${branch} waits for our check`);
  if (ours.length > 0) {
    return warning(
      subject,
      `${branch} waits for a check called ${check}, from ${ours[0]?.integrationId === null ? 'anybody' : 'another App'}.`,
      `Whoever may write could set it: an owner chooses this App (integration_id ${appId}) as its source in the ruleset.`,
    );
  }
  return warning(
    subject,
    `No ruleset makes ${branch} wait for ${check}; a pull request can be merged whatever it says.`,
    `An owner adds the rule “Require status checks to pass” with ${check} from this App (integration_id ${appId}). Classic branch protection is not visible to an App.`,
  );
}

/** GitHub refuses tokens that are a minute off. */
const MAX_SKEW_SECONDS = 30;

/** Our clock against GitHub's. Milliseconds since 1970. */
export function judgeClock(githubDate: string | null, now: number): DoctorFinding {
  if (githubDate === null)
    return warning('clock', 'GitHub did not say what time it is.', 'A proxy may take the header “Date” away.');
  const skewSeconds = Math.round((now - Date.parse(githubDate)) / 1_000);
  if (Math.abs(skewSeconds) <= MAX_SKEW_SECONDS) return ok('clock', 'agrees with GitHub’s');
  return problem(
    'clock',
    `This machine is ${Math.abs(skewSeconds)} s ${skewSeconds > 0 ? 'ahead of' : 'behind'} GitHub.`,
    'GitHub refuses tokens that are a minute off: let the machine keep its time by NTP.',
  );
}
