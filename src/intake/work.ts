/**
 * One thing to look at again. An event never carries more than this: whoever works on it reads GitHub's present state,
 * so duplicates, disorder and redelivery are harmless.
 */
export type Work =
  | ({ kind: 'pull-request'; number: number } & InRepository)
  /** A merge queue asks about a group of pull requests, by its head commit. */
  | ({ kind: 'merge-group'; headSha: string; headRef: string; baseSha: string; baseBranch: string } & InRepository)
  /** The policy on a branch changed: every open pull request into it. */
  | ({ kind: 'base-branch'; branch: string } & InRepository)
  /** Somebody asked for a check again and named only the commit: every open pull request with that head. */
  | ({ kind: 'head-commit'; sha: string } & InRepository)
  /** The organisation's policy changed: every open pull request of the installation. */
  | { kind: 'installation'; installation: number; owner: string }
  /** Something may have been missed: every open pull request of the installation that lacks our check. */
  | { kind: 'sweep'; installation: number; owner: string };

/** Which repository, and by whose installation we may see it. */
export interface InRepository {
  installation: number;
  owner: string;
  repo: string;
}

/** The identity of a piece of work: marking the same key twice is marking it once. */
export function workKey(work: Work): string {
  switch (work.kind) {
    case 'pull-request':
      return `${work.installation}/${work.owner}/${work.repo}#${work.number}`;
    case 'merge-group':
      return `${work.installation}/${work.owner}/${work.repo}@${work.headSha}`;
    case 'base-branch':
      return `${work.installation}/${work.owner}/${work.repo}:${work.branch}`;
    case 'head-commit':
      return `${work.installation}/${work.owner}/${work.repo}~${work.sha}`;
    case 'installation':
      return `${work.installation}/*`;
    case 'sweep':
      return `${work.installation}/?`;
  }
}
