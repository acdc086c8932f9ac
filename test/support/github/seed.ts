/**
 * What every emulated GitHub starts with: four people, one organisation with three repositories, and the App itself.
 *
 * Everything else (files, branches, teams, collaborators, pull requests) is made through the API, as people make it.
 */
import { generateKeyPairSync } from 'node:crypto';
import { parse } from 'yaml';

/** The people. Alice owns the organisation, Bob and Carol are members (who may only read), Mallory is a stranger. */
export type Login = 'alice' | 'bob' | 'carol' | 'mallory';

/** What `createGitHub` is seeded with: the format of the package `emulate`, as far as we use it. */
export interface Seed {
  tokens: Record<string, { login: string; scopes: string[] }>;
  github: {
    users: { login: string; name: string; email: string }[];
    orgs: { login: string; name: string; members: { login: string; role?: 'admin' | 'member' }[] }[];
    repos: { owner: string; name: string; description?: string; private?: boolean; auto_init: boolean }[];
    apps: SeededApp[];
  };
}

/** One App with its installations. */
export interface SeededApp {
  app_id: number;
  slug: string;
  name: string;
  description: string;
  private_key: string;
  permissions: Record<string, string>;
  events: string[];
  webhook_url: string;
  webhook_secret: string;
  installations: { installation_id: number; account: string; repository_selection: 'all' }[];
}

/** The App under test. Its key is made anew for each process and never leaves its memory. */
export const APP = {
  id: 12345,
  slug: 'composure',
  installationId: 100,
  webhookSecret: 'a-secret-for-signed-webhooks',
  privateKey: generateKeyPairSync('rsa', {
    modulusLength: 2048,
    privateKeyEncoding: { type: 'pkcs1', format: 'pem' },
    publicKeyEncoding: { type: 'pkcs1', format: 'pem' },
  }).privateKey,
};

/** Another App of the house, which may write comments and reviews and listens to nothing: a bot among people. */
export const HELPER = { id: 777, slug: 'helper', installationId: 177, login: 'helper[bot]' } as const;

/** Personal access tokens of the people. */
export const TOKENS: Record<Login, string> = {
  alice: 'token-of-alice',
  bob: 'token-of-bob',
  carol: 'token-of-carol',
  mallory: 'token-of-mallory',
};

/** Stands in for `app.yml` where a test does not care about it. */
const DEFAULT_MANIFEST = `
name: Composure
default_permissions:
  checks: write
  pull_requests: write
  issues: write
  statuses: write
  contents: read
  members: read
  merge_queues: read
  metadata: read
default_events: [check_run, check_suite, issue_comment, merge_group, pull_request, pull_request_review, push]
`;

interface Manifest {
  name?: string;
  description?: string;
  default_permissions: Record<string, string>;
  default_events: string[];
}

/**
 * The seed. The App gets exactly the permissions and events that `manifest` (the text of an `app.yml`) asks for.
 * Without a `webhookUrl` deliveries go nowhere until `github.setWebhookUrl` names the app. With `helper` the other App
 * is installed, too.
 */
export function seed(options: { webhookUrl?: string; manifest?: string; helper?: boolean } = {}): Seed {
  const manifest = parse(options.manifest ?? DEFAULT_MANIFEST) as Manifest;
  return {
    tokens: Object.fromEntries(
      Object.entries(TOKENS).map(([login, token]) => [token, { login, scopes: ['repo', 'admin:org', 'user'] }]),
    ),
    github: {
      users: Object.keys(TOKENS).map((login) => ({
        login,
        name: login.charAt(0).toUpperCase() + login.slice(1),
        email: `${login}@example.com`,
      })),
      orgs: [
        {
          login: 'acme',
          name: 'Acme Inc',
          members: [{ login: 'alice', role: 'admin' }, { login: 'bob' }, { login: 'carol' }],
        },
      ],
      repos: [
        { owner: 'acme', name: 'widgets', description: 'Widgets for everyone', auto_init: true },
        { owner: 'acme', name: '.github', auto_init: true },
        { owner: 'acme', name: 'secret', private: true, auto_init: true },
      ],
      apps: [
        {
          app_id: APP.id,
          slug: APP.slug,
          name: manifest.name ?? 'Composure',
          description: manifest.description ?? '',
          private_key: APP.privateKey,
          permissions: manifest.default_permissions,
          events: manifest.default_events,
          webhook_url: options.webhookUrl ?? '',
          webhook_secret: APP.webhookSecret,
          installations: [{ installation_id: APP.installationId, account: 'acme', repository_selection: 'all' }],
        },
        ...(options.helper ? [helper()] : []),
      ],
    },
  };
}

function helper(): SeededApp {
  return {
    app_id: HELPER.id,
    slug: HELPER.slug,
    name: 'Helper',
    description: '',
    private_key: APP.privateKey,
    permissions: { contents: 'write', issues: 'write', pull_requests: 'write', metadata: 'read' },
    events: [],
    webhook_url: '',
    webhook_secret: '',
    installations: [{ installation_id: HELPER.installationId, account: 'acme', repository_selection: 'all' }],
  };
}
