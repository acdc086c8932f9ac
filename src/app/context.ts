import type { EvidenceSources } from '../gather.ts';
import type { GitHubClient } from '../github/client.ts';
import type { CommitMemory } from '../github/commit-memory.ts';
import type { People } from '../github/people.ts';
import type { AppIdentity } from '../github/read.ts';
import type { ReadingMemory } from '../github/reading-memory.ts';
import type { WorkStore } from '../intake/store.ts';
import type { RegistryPolicy } from '../manifests/index.ts';
import type { ChecklistsAnswer } from '../model/evidence.ts';
import type { Review } from '../model/review.ts';
import type { Practice } from '../practices/define-practice.ts';
import type { SigningKeys } from '../render/record.ts';

/** The part of a pino logger that is used here. */
export interface Log {
  info(facts: object, message: string): void;
  warn(facts: object, message: string): void;
  error(facts: object, message: string): void;
}

/** Everything the App's work needs from outside: clock, clients, registries. Entry points make one. */
export interface AppContext {
  /** A client authorised for one installation, with a budget of its own. */
  clientFor(installation: number): Promise<GitHubClient>;
  /** Who we are; asked of GitHub once and remembered. */
  identity(): Promise<AppIdentity>;
  store: WorkStore;
  /** What GitHub said of people, of unchanged heads and of commits; only ever a saving. */
  people: People;
  memory: ReadingMemory;
  commits: CommitMemory;
  practices: readonly Practice[];
  /** Evidence that does not come from the repository. */
  packages: EvidenceSources['packages'];
  /** The lists that come with Composure. */
  builtInChecklists: ChecklistsAnswer;
  /** Which registries are public, by the operator's word. */
  registryPolicy: RegistryPolicy;
  /** Told of each answer, for counting. */
  onAnswered?(key: string, answer: Pick<Review, 'conclusion' | 'practices'>): void;
  /** For the record of attestations in our comments. */
  signingKeys: SigningKeys;
  /** Milliseconds since 1970. */
  now(): number;
  log: Log;
}
