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
  const deaf = manifest.default_events.filter((event) => !installation.events.includes(event));
  if (missing.length === 0 && deaf.length === 0) return ok(subject, 'has agreed to all permissions');
  const lacks = [
    ...(missing.length > 0 ? [`It has not agreed to ${missing.join(', ')}.`] : []),
    ...(deaf.length > 0 ? [`Nothing is heard from there of ${deaf.join(', ')}.`] : []),
  ];
  return problem(
    subject,
    lacks.join(' '),
    `Once the App itself asks for them, an owner of ${installation.account} accepts the new permissions under “Settings → GitHub Apps → Configure”.`,
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
  const set = (field: string, to: string) =>
    `Who owns the App sets “${field}” to ${to} on the App’s settings page, under “Webhook”.`;
  const findings: DoctorFinding[] = [];
  if (!webhook.url || !URL.canParse(webhook.url)) {
    const to = `the address at which GitHub reaches this app, with ${path} at its end`;
    findings.push(problem('webhook URL', 'GitHub has no address to send events to.', set('Webhook URL', to)));
  } else {
    const url = new URL(webhook.url);
    const shown = `${url.origin}${url.pathname}`;
    if (url.pathname !== path) {
      const seen = `Events go to ${shown}; the app listens at ${path}.`;
      const cure = set('Webhook URL', `${url.origin}${path}`);
      findings.push(
        problem('webhook URL', seen, `${cure} If a proxy rewrites paths, the deliveries tell whether it does.`),
      );
    } else if (url.protocol !== 'https:') {
      const cure = set('Webhook URL', 'an address that begins with https://');
      findings.push(warning('webhook URL', `Events travel in the open to ${shown}.`, cure));
    } else if (!webhook.verifiesTls) {
      const cure = set('SSL verification', '“Enable”');
      findings.push(warning('webhook URL', 'GitHub does not verify the certificate.', cure));
    } else {
      findings.push(ok('webhook URL', shown));
    }
  }
  if (webhook.contentType !== null && webhook.contentType !== 'json') {
    const seen = `Events come as “${webhook.contentType}”; the app reads JSON, and refuses the others with 400.`;
    findings.push(problem('webhook format', seen, set('Content type', 'application/json')));
  }
  findings.push(
    webhook.hasSecret
      ? ok('webhook secret', 'one is set; whether it is the right one, the deliveries tell')
      : problem(
          'webhook secret',
          'None is set, so every event is refused.',
          set('Secret', 'the value of WEBHOOK_SECRET'),
        ),
  );
  return findings;
}

/** What a status says of where a delivery ended, and what to do about it. The first that applies. */
const FAILURES: readonly { applies(status: number): boolean; seen: string; cure: string }[] = [
  {
    applies: (status) => status === 401,
    seen: 'the signature was refused',
    cure: 'WEBHOOK_SECRET differs from the secret on the App’s settings page: set both to the same value and restart.',
  },
  {
    applies: (status) => status === 400,
    seen: 'the app could not read it',
    cure: 'Who owns the App sets “Content type” to application/json on its settings page, under “Webhook”.',
  },
  {
    applies: (status) => status === 413,
    seen: 'it was too large for something in between',
    cure: 'GitHub sends up to 25 MB: raise the limit of the proxy before the app (client_max_body_size in nginx).',
  },
  {
    applies: (status) => status >= 300 && status < 400,
    seen: 'GitHub was sent elsewhere, and does not go',
    cure: 'Who owns the App sets “Webhook URL” to the address that the redirect names.',
  },
  {
    applies: (status) => status === 403 || status === 429,
    seen: 'something before the app refused it',
    cure: 'Let GitHub’s addresses (“hooks” in its API’s /meta) through proxy, firewall and rate limits.',
  },
  {
    applies: (status) => status === 404 || status === 405,
    seen: 'something else answers at that address',
    cure: 'See that “Webhook URL” and the proxy lead to the app, with the path at which it listens.',
  },
  {
    applies: (status) => status === 500,
    seen: 'the app could not store it',
    cure: 'See its log and the store. Once it can, what failed is asked for again within five minutes.',
  },
  {
    applies: (status) => status === 0,
    seen: 'nobody answered',
    cure: 'GitHub does not reach the app: see that it runs, and that proxy, firewall and certificate let GitHub in.',
  },
  {
    applies: () => true,
    seen: 'the app was not reached, or did not answer in time',
    cure: 'See that it runs and what the proxy before it says of it; what failed is asked for again within five minutes.',
  },
];

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
  const failed = deliveries.filter(({ statusCode }) => !hasArrived(statusCode));
  if (failed.length === 0) return ok(subject, `the last ${deliveries.length} arrived`);
  const counted = `${failed.length} of the last ${deliveries.length} failed`;
  // The newest decides what is wrong now; the others tell of the past.
  if (hasArrived(newest.statusCode)) {
    return warning(
      subject,
      `${counted}; the newest arrived.`,
      'Nothing to do if this was an outage: what failed is asked for again every five minutes.',
    );
  }
  const how = FAILURES.find(({ applies }) => applies(newest.statusCode));
  const status = newest.statusCode === 0 ? '' : ` (${newest.statusCode})`;
  return problem(subject, `${counted}; the newest because ${how?.seen}${status}.`, how?.cure ?? '');
}

function hasArrived(statusCode: number): boolean {
  return statusCode >= 200 && statusCode < 300;
}

/** A group is answered after five minutes whatever GitHub says, and each look before that takes a while. */
const QUEUE_SHOULD_WAIT_MINUTES = 10;

/** Whether a repository waits for our check, for ours alone, and in its merge queue for long enough. */
export function judgeRepository(repository: InspectedRepository, check: string, appId: number): DoctorFinding[] {
  const { fullName, queueWaitsMinutes: minutes } = repository;
  const rule = judgeRequired(repository, check, appId);
  if (minutes === null || minutes >= QUEUE_SHOULD_WAIT_MINUTES) return [rule];
  const queue = warning(
    `merge queue ${fullName}`,
    `It waits ${minutes} min for checks. While GitHub fails, a group is answered after five, and would be thrown out before.`,
    `An owner sets “Status check timeout” in the ruleset to ${QUEUE_SHOULD_WAIT_MINUTES} minutes or more.`,
  );
  return [rule, queue];
}

function judgeRequired(
  { fullName, branch, required }: InspectedRepository,
  check: string,
  appId: number,
): DoctorFinding {
  const subject = `ruleset ${fullName}`;
  const named = required.filter(({ context }) => context.toLowerCase() === check.toLowerCase());
  const ours = named.filter(({ context }) => context === check);
  const choose = `An owner chooses ${check} from this App (integration_id ${appId}) in the ruleset`;
  // Whoever else is waited for as well, nothing is merged without them.
  const deaf = named.find(
    ({ context, integrationId }) => context !== check || (integrationId !== null && integrationId !== appId),
  );
  if (deaf) {
    const whose = deaf.context === check ? 'from another App' : 'which is not how ours is spelt';
    return problem(
      subject,
      `${branch} waits for a check called ${deaf.context}, ${whose}: pull requests stay at “Expected” for ever.`,
      `${choose}, in its place.`,
    );
  }
  if (ours.some(({ integrationId }) => integrationId === appId)) return ok(subject, `${branch} waits for our check`);
  if (ours.length > 0) {
    return warning(
      subject,
      `${branch} waits for a check called ${check}, from anybody: whoever may write could set it.`,
      `${choose}, as its source.`,
    );
  }
  return warning(
    subject,
    `No ruleset makes ${branch} wait for ${check}; a pull request can be merged whatever it says.`,
    `An owner adds the rule “Require status checks to pass” with ${check} from this App (integration_id ${appId}) under “Settings → Rules → Rulesets”. A classic branch protection that does the same is not visible to an App.`,
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
