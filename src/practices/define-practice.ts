import type { z } from 'zod';
import type { Evidence, EvidenceRequest } from '../model/evidence.ts';
import type { PullRequest } from '../model/pull-request.ts';
import type {
  Details,
  Facts,
  Finding,
  Item,
  Json,
  LabelWish,
  Level,
  Link,
  Missing,
  Mode,
  Recipe,
} from '../model/review.ts';

/** The three presets every practice gives its values for. */
export type PresetName = 'advisory' | 'standard' | 'strict';

/** What a practice may say under one code: how grave it is, and the sentence made from its facts. */
export interface Message {
  level: Level;
  /** Plain text; facts may be hostile, renderers escape. Say what was seen, why it matters, who can unblock it and how. */
  text(facts: Facts): string;
}

/** Where a finding points to. */
export interface Place {
  path?: string;
  line?: number;
  link?: Link;
  concerns?: readonly number[];
}

/** What a practice concluded. The outcome follows from it, so the two cannot disagree: see `outcomeOf`. */
export interface Judgement {
  /** Set when the practice has nothing to say about this change, with the reason; the rest is then left empty. */
  skipped?: boolean;
  /** One line of plain text. */
  summary: string;
  facts: Facts;
  findings?: Finding[];
  /** What could not be read and would be needed to decide. */
  missing?: Missing[];
  /** True when nothing is wrong and a person must act first. */
  waiting?: boolean;
  /** Boxes for reviewers. */
  items?: Item[];
  /** The figures behind the sentence, row by row. */
  details?: Details;
  /** Commands that help whoever has to act. */
  recipe?: Recipe | undefined;
  /** Labels that say what was found. */
  labels?: LabelWish | undefined;
  /** What people should know of before they judge, whatever the outcome. */
  context?: Details;
  /** To be told again at the next look at this pull request; small, since it is kept in our comment. */
  memory?: Json;
}

/** What `evaluate` is given. */
export interface Question<Options, Code extends string> {
  pullRequest: PullRequest;
  evidence: Evidence;
  options: Options;
  /** What this practice left for itself at the last look; parse it, since an older version may have written it. */
  memory: Json | undefined;
  /** Makes a finding from the practice's own messages. `level` only where configuration raises or lowers it. */
  finding(code: Code, facts: Facts, place?: Place & { level?: Level }): Finding;
}

/** What may be asked of a group: its own commit holds everything. */
export type RepositoryRequest = Extract<EvidenceRequest, { kind: 'file' | 'folder' }>;

/** A pull request that a merge queue puts before another, by the files it adds. */
export interface PullRequestAhead {
  number: number;
  added: readonly string[];
}

/** What a practice is asked about one pull request of a merge group. */
export interface GroupQuestion<Code extends string> {
  pullRequest: PullRequest;
  /** The `base` side of it is the commit that the group is built on, with whatever the queue merges first. */
  evidence: Evidence;
  /** First in the queue, first in the list. */
  ahead: readonly PullRequestAhead[];
  finding(code: Code, facts: Facts, place?: Place): Finding;
}

/** What only the combination shows of one pull request. */
export interface GroupJudgement {
  /** One line of plain text. */
  summary: string;
  findings: Finding[];
  missing: Missing[];
}

/** A practice as its author writes it. */
export interface PracticeDefinition<Shape extends z.ZodRawShape, Code extends string> {
  /** Kebab-case: the key in the configuration, and the name of file, test and page. */
  id: string;
  /** What people read: "Size". */
  title: string;
  /** One line for README, `--help` and the JSON Schema. */
  summary: string;
  /** Every field has a default and a `.describe()`. Keys are kebab-case. The `mode` is added by `definePractice`. */
  options: z.ZodObject<Shape>;
  /** The values that differ from the defaults in each preset. */
  presets: Record<PresetName, { mode: Mode } & Partial<z.output<z.ZodObject<Shape>>>>;
  /** Whether a dependency bot's pull request that changes only manifests and lockfiles is judged by this practice. */
  judgesDependencyBots: boolean;
  messages: Record<Code, Message>;
  /**
   * The evidence wanted, called again with what was gathered until it asks for nothing new. A practice that is off is
   * never asked, so it sends nothing anywhere.
   */
  needs?(pullRequest: PullRequest, options: z.output<z.ZodObject<Shape>>, evidence: Evidence): EvidenceRequest[];
  /** Synchronous and pure: no clock, no environment, no network, no disk. */
  evaluate(question: Question<z.output<z.ZodObject<Shape>>, Code>): Judgement;
  /** For what is right in each pull request of a merge group by itself, and wrong in all of them together. */
  together?: {
    needs(pullRequest: PullRequest): RepositoryRequest[];
    /** As pure as `evaluate`. `null` where the combination adds nothing to say. */
    evaluate(question: GroupQuestion<NoInfer<Code>>): GroupJudgement | null;
  };
}

/** A practice with its types folded away, as shared code sees it. Options were parsed by this practice's own schema. */
export interface Practice {
  readonly id: string;
  readonly title: string;
  readonly summary: string;
  readonly options: z.ZodObject;
  readonly presets: Record<PresetName, { mode: Mode } & Record<string, unknown>>;
  readonly judgesDependencyBots: boolean;
  readonly messages: Readonly<Record<string, Message>>;
  needs(pullRequest: PullRequest, options: PracticeOptions, evidence: Evidence): EvidenceRequest[];
  evaluate(pullRequest: PullRequest, options: PracticeOptions, evidence: Evidence): Judgement;
  readonly together: {
    needs(pullRequest: PullRequest): RepositoryRequest[];
    evaluate(pullRequest: PullRequest, ahead: readonly PullRequestAhead[], evidence: Evidence): GroupJudgement | null;
  } | null;
}

/** Options after the practice's schema has parsed them. */
export type PracticeOptions = Readonly<Record<string, unknown>>;

/** Declares a practice: checks the shape at compile time and hides its own types from shared code. */
export function definePractice<Shape extends z.ZodRawShape, Code extends string>(
  definition: PracticeDefinition<Shape, Code>,
): Practice {
  type Options = z.output<z.ZodObject<Shape>>;

  function finding(code: Code, facts: Facts, place: Place & { level?: Level } = {}): Finding {
    const message = definition.messages[code];
    const { level = message.level, ...at } = place;
    return { code, level, message: message.text(facts), ...at, facts };
  }

  const { together } = definition;
  return {
    id: definition.id,
    title: definition.title,
    summary: definition.summary,
    options: definition.options as unknown as z.ZodObject,
    presets: definition.presets as unknown as Practice['presets'],
    judgesDependencyBots: definition.judgesDependencyBots,
    messages: definition.messages,
    needs: (pullRequest, options, evidence) =>
      definition.needs?.(pullRequest, options as unknown as Options, evidence) ?? [],
    evaluate: (pullRequest, options, evidence) => {
      const memory = pullRequest.memory?.[definition.id];
      return definition.evaluate({ pullRequest, evidence, options: options as unknown as Options, memory, finding });
    },
    together: together
      ? {
          needs: (pullRequest) => together.needs(pullRequest),
          evaluate: (pullRequest, ahead, evidence) => together.evaluate({ pullRequest, ahead, evidence, finding }),
        }
      : null,
  };
}
