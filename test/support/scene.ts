import type { Octokit } from '@octokit/rest';
import { as, asHelper, type FileChange, openPullRequest, push } from './github/people.ts';
import { APP, HELPER, type Login } from './github/seed.ts';
import { type Harness, startHarness } from './harness.ts';

/** Whoever acts: a person, or the bot of another App where the scene has one. */
export type Actor = Login | typeof HELPER.login;

/** A pull request on the scene. */
export interface OnScene {
  number: number;
  branch: string;
}

/** Our check as GitHub serves it. */
export interface SeenCheck {
  id: number;
  status: string;
  conclusion: string | null;
  title: string;
  summary: string;
  text: string;
  externalId: string | null;
  annotations: { path: string; line: number; level: string; title: string; message: string }[];
}

/** The repository in which everything happens. */
const WHERE = { owner: 'acme', repo: 'widgets' } as const;

/** People at work in one repository, each act followed by everything it sets off. No method sleeps. */
export class Scene {
  readonly harness: Harness;
  readonly where: { owner: string; repo: string };

  constructor(harness: Harness, where: { owner: string; repo: string } = WHERE) {
    this.harness = harness;
    this.where = where;
  }

  /** A scene of its own, with everything around it. */
  static async open(options?: Parameters<typeof startHarness>[0]): Promise<Scene> {
    return new Scene(await startHarness(options));
  }

  as(who: Actor): Octokit {
    return who === HELPER.login ? asHelper(this.harness.github) : as(this.harness.github, who);
  }

  settle(): Promise<void> {
    return this.harness.settle();
  }

  /** What `main` holds, and Bob and Carol who may write. */
  async prepare(files: Record<string, FileChange>): Promise<void> {
    const alice = this.as('alice');
    await push(alice, { ...this.where, branch: 'main', files, message: 'Begin' });
    for (const username of ['bob', 'carol']) {
      await alice.rest.repos.addCollaborator({ ...this.where, username, permission: 'push' });
    }
    await this.settle();
  }

  /** A ruleset of the organisation that requires our check, from our App and from no other. */
  async requireCheck(): Promise<void> {
    await this.as('alice').request('POST /orgs/{org}/rulesets', {
      org: this.where.owner,
      name: 'Composure',
      target: 'branch',
      enforcement: 'active',
      conditions: {
        ref_name: { include: ['~DEFAULT_BRANCH'], exclude: [] },
        repository_name: { include: ['~ALL'], exclude: [] },
      },
      rules: [
        {
          type: 'required_status_checks',
          parameters: {
            strict_required_status_checks_policy: false,
            required_status_checks: [{ context: 'Composure', integration_id: APP.id }],
          },
        },
      ],
    });
    await this.settle();
  }

  /** Somebody pushes a branch and opens a pull request from it. */
  async open(
    who: Login,
    change: {
      branch: string;
      files: Record<string, FileChange>;
      title?: string;
      body?: string;
      draft?: boolean;
      base?: string;
      from?: string;
    },
  ): Promise<OnScene> {
    const { branch, files, from, title = 'A change', ...rest } = change;
    await push(this.as(who), { ...this.where, branch, files, message: title, ...(from === undefined ? {} : { from }) });
    const { number } = await openPullRequest(this.as(who), { ...this.where, head: branch, title, ...rest });
    await this.settle();
    return { number, branch };
  }

  /** Somebody without write access forks the repository, pushes a branch there and opens a pull request from it. */
  async openFromFork(
    who: Login,
    change: { branch: string; files: Record<string, FileChange>; title?: string },
  ): Promise<OnScene> {
    const { branch, files, title = 'A change' } = change;
    await this.as(who).rest.repos.createFork(this.where);
    await push(this.as(who), { ...this.where, owner: who, branch, files, message: title });
    const { number } = await openPullRequest(this.as(who), { ...this.where, head: `${who}:${branch}`, title });
    await this.settle();
    return { number, branch };
  }

  /** Somebody pushes one more commit. */
  async push(
    who: Login,
    { branch }: { branch: string },
    files: Record<string, FileChange>,
    message = 'More',
  ): Promise<string> {
    const sha = await push(this.as(who), { ...this.where, branch, files, message });
    await this.settle();
    return sha;
  }

  /** Ticks the open boxes of our comment, as GitHub's own page does it: by editing the text. At most so many of them. */
  async tick(who: Actor, on: OnScene, atMost = Number.POSITIVE_INFINITY): Promise<void> {
    const comment = await this.comment(on);
    if (!comment) throw new Error(`#${on.number} has no comment to tick`);
    let left = atMost;
    const body = comment.body.replace(/^- \[ \]/gm, (box) => (left-- > 0 ? '- [x]' : box));
    await this.as(who).rest.issues.updateComment({ ...this.where, comment_id: comment.id, body });
    await this.settle();
  }

  /** Somebody presses “Merge”; GitHub itself refuses or agrees. */
  async merge(who: Login, { number }: OnScene): Promise<'merged' | 'refused'> {
    try {
      await this.as(who).rest.pulls.merge({ ...this.where, pull_number: number });
      return 'merged';
    } catch (error) {
      if ((error as { status?: number }).status === 405) return 'refused';
      throw error;
    } finally {
      await this.settle();
    }
  }

  /** The newest check of ours on the head commit; `null` where there is none. */
  async check({ number }: OnScene): Promise<SeenCheck | null> {
    const { data } = await this.as('alice').rest.pulls.get({ ...this.where, pull_number: number });
    return this.checkOn(data.head.sha);
  }

  /** The newest check of ours on a commit. */
  async checkOn(sha: string): Promise<SeenCheck | null> {
    const alice = this.as('alice');
    const { data } = await alice.rest.checks.listForRef({
      ...this.where,
      ref: sha,
      check_name: 'Composure',
      filter: 'latest',
    });
    const run = data.check_runs.toSorted((one, other) => Number(other.id) - Number(one.id))[0];
    if (!run) return null;
    const id = Number(run.id);
    const annotations = await alice.paginate(alice.rest.checks.listAnnotations, {
      ...this.where,
      check_run_id: id,
      per_page: 100,
    });
    return {
      id,
      status: run.status,
      conclusion: run.conclusion,
      title: run.output.title ?? '',
      summary: run.output.summary ?? '',
      text: run.output.text ?? '',
      externalId: run.external_id,
      annotations: annotations.map((one) => ({
        path: one.path,
        line: one.start_line,
        level: one.annotation_level ?? '',
        title: one.title ?? '',
        message: one.message ?? '',
      })),
    };
  }

  /** Our one comment; `null` where there is none. Two would be a fault of ours. */
  async comment({ number }: OnScene): Promise<{ id: number; body: string } | null> {
    const alice = this.as('alice');
    const all = await alice.paginate(alice.rest.issues.listComments, {
      ...this.where,
      issue_number: number,
      per_page: 100,
    });
    const own = all.filter((comment) => comment.user?.login === `${APP.slug}[bot]`);
    if (own.length > 1) throw new Error(`#${number} has ${own.length} comments of ours; one is enough`);
    return own[0] ? { id: own[0].id, body: own[0].body ?? '' } : null;
  }
}
