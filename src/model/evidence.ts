import type { ChecklistDefinition, ChecklistProblem } from './checklist.ts';
import type { DependencyChanges } from './dependency.ts';
import type { AdvisoriesAnswer, Ecosystem, ListingAnswer, PackageHistory, ReleaseAnswer } from './package-facts.ts';
import type { Missing } from './review.ts';

/** Which state of the repository a file is wanted from. `base` is the tip of the base branch. */
export type Side = 'base' | 'merge-base' | 'head';

/** Something a practice needs beyond the snapshot. Data, so that asking twice for the same thing costs once. */
export type EvidenceRequest =
  /** The text of one file. */
  | { kind: 'file'; path: string; side: Side }
  /** The names in one folder, not its subfolders. */
  | { kind: 'folder'; path: string; side: Side }
  /** What a package registry says about a name. The gatherer decides nothing about privacy: do not ask for private names. */
  | {
      kind: 'package';
      ecosystem: 'npm';
      name: string;
      /** Dates, licences and origin as well: a larger document, so only where a practice weighs them. */
      inFull?: boolean;
    }
  /** Reports that a package is malicious. As with packages: do not ask for private names, here and below. */
  | { kind: 'advisories'; ecosystem: Ecosystem; name: string }
  /** Whether an index of public packages lists a name, and in which versions. */
  | { kind: 'listing'; ecosystem: Ecosystem; name: string }
  /** What that index knows of one version. */
  | { kind: 'release'; ecosystem: Ecosystem; name: string; version: string }
  /** What the change does to the dependencies the repository declares, from its manifests on both sides. */
  | { kind: 'dependency-changes' }
  /** The checklists in force, built in and the repository's own. */
  | { kind: 'checklists' }
  /** Whether somebody belongs to a team: `@organisation/team`. Child teams count. */
  | { kind: 'membership'; login: string; team: string }
  /** Who has write access to the repository. */
  | { kind: 'writers' }
  /** Which paths each commit of the change touches. */
  | { kind: 'commit-paths' }
  /** The other open pull requests against the same base, with the files they add in one folder. One request at most. */
  | { kind: 'open-pull-requests'; under: string };

/** `absent` is a fact about the repository; `unavailable` is a fact about us. Never take one for the other. */
export type FileAnswer =
  | { state: 'found'; text: string }
  | { state: 'absent' }
  | { state: 'binary' }
  | { state: 'unavailable'; cause: string };

/** Names are those of the folder's direct children. */
export type FolderAnswer =
  | { state: 'found'; entries: readonly { name: string; kind: 'file' | 'folder' | 'other' }[] }
  | { state: 'absent' }
  | { state: 'unavailable'; cause: string };

/** What a registry said of a package, when, and how it was asked. */
export type PackageAnswer = { registry: string; askedAt: string } & (
  | {
      state: 'exists';
      /** Published versions, as the registry lists them. */
      versions: readonly string[];
      /** Dist-tag to version. */
      tags: Readonly<Record<string, string>>;
      /** Version to the message that deprecates it. */
      deprecated: Readonly<Record<string, string>>;
      /** Versions that run a script of theirs when they are installed. */
      withInstallScript?: readonly string[];
      /** Versions with a signed statement of where they were built. */
      withProvenance?: readonly string[];
      /** Only where it was asked for in full. */
      history?: PackageHistory;
    }
  /** The registry's own stand-in for a name that was taken down ("security holding package"). */
  | { state: 'placeholder' }
  /** The name is known and nothing of it is left. */
  | { state: 'unpublished'; at: string | null }
  /** Two answers "no such package", apart, with the canaries answering. */
  | { state: 'absent'; status: number; answers: readonly { at: string; status: number }[] }
  /** The first "no such package" was heard; the second is still to be asked, not before `retryAt`. */
  | { state: 'confirming'; status: number; retryAt: string }
  /** 401, 403: the registry will not say. */
  | { state: 'private'; status: number }
  /** Anything else: 408, 429, 451, 5xx, time-outs, malformed answers, look-ups switched off. */
  | { state: 'unavailable'; cause: string; status: number | null; retryAt: string | null }
);

/** The checklists in force, or what is wrong with one. */
export interface ChecklistsAnswer {
  lists: readonly ChecklistDefinition[];
  problems: readonly ChecklistProblem[];
  /** Lists that may exist and could not be fetched. */
  missing?: readonly Missing[];
  /** Lists of the repository as this change would have them; those in force come from the base. */
  proposed?: readonly { path: string; problems: readonly ChecklistProblem[] }[];
}

/** `outside` says nothing of a team that we may not see: it looks the same to us. */
export type MembershipAnswer = { state: 'member' } | { state: 'outside' } | { state: 'unavailable'; cause: string };

/** People only, no bots. Where the list was cut short, it says so by `complete`. */
export type WritersAnswer =
  | { state: 'found'; people: readonly { id: number; login: string }[]; complete: boolean }
  | { state: 'unavailable'; cause: string };

/** By the commit's id. Merges touch nothing of their own; a commit may be left out where there are many. */
export type CommitPathsAnswer =
  | { state: 'found'; paths: Readonly<Record<string, readonly string[]>> }
  | { state: 'unavailable'; cause: string };

/** What other open pull requests add under a folder; those that add nothing there are left out. Locally there are none. */
export type OpenPullRequestsAnswer =
  | { state: 'found'; pullRequests: readonly { number: number; added: readonly string[] }[]; complete: boolean }
  | { state: 'unavailable'; cause: string };

/** The answer that belongs to a kind of request. */
export interface AnswerByKind {
  file: FileAnswer;
  folder: FolderAnswer;
  package: PackageAnswer;
  advisories: AdvisoriesAnswer;
  listing: ListingAnswer;
  release: ReleaseAnswer;
  'dependency-changes': DependencyChanges;
  checklists: ChecklistsAnswer;
  membership: MembershipAnswer;
  writers: WritersAnswer;
  'commit-paths': CommitPathsAnswer;
  'open-pull-requests': OpenPullRequestsAnswer;
}

/** A request together with its answer. */
export type EvidenceEntry = {
  [K in keyof AnswerByKind]: [Extract<EvidenceRequest, { kind: K }>, AnswerByKind[K]];
}[keyof AnswerByKind];

/** The same request, however written, has the same key. */
export function keyOfRequest(request: EvidenceRequest): string {
  switch (request.kind) {
    case 'file':
    case 'folder':
      return `${request.kind}\0${request.side}\0${request.path}`;
    case 'package':
    case 'advisories':
    case 'listing':
      return `${request.kind}\0${request.ecosystem}\0${request.name}`;
    case 'release':
      return `release\0${request.ecosystem}\0${request.name}\0${request.version}`;
    case 'open-pull-requests':
      return `${request.kind}\0${request.under}`;
    case 'dependency-changes':
    case 'checklists':
    case 'writers':
    case 'commit-paths':
      return request.kind;
    case 'membership':
      return `membership\0${request.team.toLowerCase()}\0${request.login.toLowerCase()}`;
  }
}

/** Everything gathered for one evaluation. A practice may look up only what it asked for in `needs`. */
export class Evidence {
  readonly #answers = new Map<string, AnswerByKind[keyof AnswerByKind]>();
  #version = 0;

  constructor(entries: Iterable<EvidenceEntry> = []) {
    for (const [request, answer] of entries) this.add(request, answer);
  }

  add<K extends keyof AnswerByKind>(request: Extract<EvidenceRequest, { kind: K }>, answer: AnswerByKind[K]): void {
    this.#answers.set(keyOfRequest(request), answer);
    this.#version++;
  }

  /** Rises with every answer: while it stays, whoever worked something out of this evidence need not do so again. */
  get version(): number {
    return this.#version;
  }

  has(request: EvidenceRequest): boolean {
    return this.#answers.has(keyOfRequest(request));
  }

  /** The text of a file. A request that was never made reads as `unavailable`, so a forgotten need cannot pass for an absent file. */
  file(path: string, side: Side): FileAnswer {
    return this.#get({ kind: 'file', path, side }) ?? { state: 'unavailable', cause: 'it was not asked for' };
  }

  folder(path: string, side: Side): FolderAnswer {
    return this.#get({ kind: 'folder', path, side }) ?? { state: 'unavailable', cause: 'it was not asked for' };
  }

  /** `undefined` when the look-up was never asked for. */
  package(ecosystem: 'npm', name: string): PackageAnswer | undefined {
    return this.#get({ kind: 'package', ecosystem, name });
  }

  /** `undefined` when it was never asked for; so are the two below. */
  advisories(ecosystem: Ecosystem, name: string): AdvisoriesAnswer | undefined {
    return this.#get({ kind: 'advisories', ecosystem, name });
  }

  listing(ecosystem: Ecosystem, name: string): ListingAnswer | undefined {
    return this.#get({ kind: 'listing', ecosystem, name });
  }

  release(ecosystem: Ecosystem, name: string, version: string): ReleaseAnswer | undefined {
    return this.#get({ kind: 'release', ecosystem, name, version });
  }

  /** `undefined` when it was never asked for. */
  dependencyChanges(): DependencyChanges | undefined {
    return this.#get({ kind: 'dependency-changes' });
  }

  /** As with files: a request that was never made cannot pass for a repository without lists. */
  checklists(): ChecklistsAnswer {
    const missing = [{ what: 'the checklists', cause: 'they were not asked for' }];
    return this.#get({ kind: 'checklists' }) ?? { lists: [], problems: [], missing };
  }

  membership(login: string, team: string): MembershipAnswer {
    return this.#get({ kind: 'membership', login, team }) ?? { state: 'unavailable', cause: 'it was not asked for' };
  }

  writers(): WritersAnswer {
    return this.#get({ kind: 'writers' }) ?? { state: 'unavailable', cause: 'it was not asked for' };
  }

  commitPaths(): CommitPathsAnswer {
    return this.#get({ kind: 'commit-paths' }) ?? { state: 'unavailable', cause: 'it was not asked for' };
  }

  /** As with files: a request that was never made cannot pass for a repository without other pull requests. */
  openPullRequests(under: string): OpenPullRequestsAnswer {
    return (
      this.#get({ kind: 'open-pull-requests', under }) ?? { state: 'unavailable', cause: 'they were not asked for' }
    );
  }

  #get<K extends keyof AnswerByKind>(request: Extract<EvidenceRequest, { kind: K }>): AnswerByKind[K] | undefined {
    return this.#answers.get(keyOfRequest(request)) as AnswerByKind[K] | undefined;
  }
}
