import { z } from 'zod';
import type { MembershipAnswer, WritersAnswer } from '../model/evidence.ts';
import { REPOSITORY_ROLES, type RepositoryRole } from '../model/rights.ts';
import {
  describeGitHubError,
  type GitHubClient,
  headersOf,
  isNotFound,
  isRateLimit,
  type RepositoryName,
  statusOf,
} from './client.ts';

/** How long an answer about a person holds without asking again. */
const FRESH_MS = 5 * 60_000;

/** Answers kept: a name and a word each. */
const MAX_ANSWERS = 20_000;

const permissionAnswer = z.object({ permission: z.string(), role_name: z.string().optional() });

const membershipAnswer = z.object({ state: z.string() });

const collaborators = z.array(
  z.object({
    id: z.int(),
    login: z.string(),
    type: z.string().optional(),
    permissions: z.object({ push: z.boolean().optional() }).optional(),
  }),
);

const PER_PAGE = 100;

interface Known {
  value: unknown;
  etag: string | null;
  /** Milliseconds since 1970. */
  askedAt: number;
}

/**
 * What GitHub says of people, remembered: an answer holds for five minutes, then GitHub is asked whether it still does,
 * by its ETag. So a right that was taken away is gone after five minutes at most.
 */
export class People {
  readonly #known = new Map<string, Known>();
  readonly #now: () => number;

  /** @param now milliseconds since 1970 */
  constructor(now: () => number) {
    this.#now = now;
  }

  /**
   * What somebody may do in a repository. A role of the organisation's own making counts as the one it is built on.
   *
   * @throws when GitHub refuses or fails; the caller retries
   */
  async permissionOf(client: GitHubClient, { owner, repo }: RepositoryName, login: string): Promise<RepositoryRole> {
    const route = 'GET /repos/{owner}/{repo}/collaborators/{username}/permission';
    try {
      const answer = await this.#ask(client, route, { owner, repo, username: login });
      const { permission, role_name: role = permission } = permissionAnswer.parse(answer);
      return (
        REPOSITORY_ROLES.find((one) => one === role) ?? REPOSITORY_ROLES.find((one) => one === permission) ?? 'none'
      );
    } catch (error) {
      // A deleted account, or one that GitHub hides.
      if (isNotFound(error)) return 'none';
      throw error;
    }
  }

  /** Whether somebody belongs to a team, `@organisation/team`, or to one below it. */
  async membershipOf(client: GitHubClient, team: string, login: string): Promise<MembershipAnswer> {
    const [org = '', slug = ''] = team.replace(/^@/, '').split('/');
    const route = 'GET /orgs/{org}/teams/{team_slug}/memberships/{username}';
    try {
      const { state } = membershipAnswer.parse(
        await this.#ask(client, route, { org, team_slug: slug, username: login }),
      );
      return state === 'active' ? { state: 'member' } : { state: 'outside' };
    } catch (error) {
      if (isNotFound(error)) return { state: 'outside' };
      if (isRateLimit(error)) throw error;
      return { state: 'unavailable', cause: describeGitHubError(error) };
    }
  }

  /** Who has write access: the first hundred people, which is enough to know whether there is anybody else. */
  async writersOf(client: GitHubClient, { owner, repo }: RepositoryName): Promise<WritersAnswer> {
    const route = 'GET /repos/{owner}/{repo}/collaborators';
    try {
      const answer = await this.#ask(client, route, { owner, repo, permission: 'push', per_page: PER_PAGE });
      const all = collaborators.parse(answer);
      const people = all.filter(({ type, permissions }) => type !== 'Bot' && permissions?.push !== false);
      return {
        state: 'found',
        people: people.map(({ id, login }) => ({ id, login })),
        complete: all.length < PER_PAGE,
      };
    } catch (error) {
      if (isRateLimit(error)) throw error;
      return { state: 'unavailable', cause: describeGitHubError(error) };
    }
  }

  async #ask(client: GitHubClient, route: string, parameters: Record<string, unknown>): Promise<unknown> {
    const key = JSON.stringify([route, parameters]).toLowerCase();
    const known = this.#known.get(key);
    const now = this.#now();
    // Not where the clock was set back: what was asked in the future would hold until then.
    if (known && now >= known.askedAt && now - known.askedAt < FRESH_MS) return known.value;
    const headers = known?.etag ? { 'if-none-match': known.etag } : {};
    try {
      const { data, headers: answered } = await client.request(route, { ...parameters, headers });
      this.#keep(key, { value: data, etag: answered.etag ?? null, askedAt: now });
      return data;
    } catch (error) {
      if (!known || statusOf(error) !== 304) throw error;
      this.#keep(key, { ...known, etag: headersOf(error).etag ?? known.etag, askedAt: now });
      return known.value;
    }
  }

  #keep(key: string, known: Known): void {
    this.#known.delete(key);
    this.#known.set(key, known);
    const [oldest] = this.#known.keys();
    if (this.#known.size > MAX_ANSWERS && oldest !== undefined) this.#known.delete(oldest);
  }
}
