/** What is known of one trigger: how much it says, and why. */
export interface TriggerInfo {
  /** Points towards a demand; `BLOCKS` for one that is enough alone. */
  weight: number;
  /** Why such a change is worth a record, for the page that lists the triggers. */
  rationale: string;
}

/** As many points as demand a record by default, so that a trigger of this weight is enough alone. */
export const BLOCKS = 5;

/**
 * Every trigger, with its weight in points. Set by hand, from what `npm run bench -- adr` shows of each, and rounded:
 * fitted weights did no better on repositories they were not fitted to (ADR-0020, ADR-0025). `docs/practices/adr.md` has the figures.
 */
export const TRIGGERS = {
  configured: { weight: BLOCKS, rationale: 'the repository itself says that these files decide something' },
  'boundary-crossed': {
    weight: BLOCKS,
    rationale: 'the repository itself says that these parts must not know each other',
  },
  'database-table': { weight: BLOCKS, rationale: 'a new table outlives the code that fills it' },
  'database-destructive': { weight: BLOCKS, rationale: 'what goes cannot be had back, and old code reads it still' },
  'database-column-lost': { weight: 2.5, rationale: 'what is dropped cannot be had back, and old code reads it still' },
  'interface-protobuf': { weight: BLOCKS, rationale: 'others are compiled against it' },
  'interface-openapi': { weight: BLOCKS, rationale: 'others call it, and cannot be changed along' },
  'interface-graphql': { weight: BLOCKS, rationale: 'others query it, and cannot be changed along' },
  'infrastructure-terraform': { weight: BLOCKS, rationale: 'resources cost money, hold data and must be operated' },
  'infrastructure-kubernetes': { weight: BLOCKS, rationale: 'it decides what runs where' },
  'infrastructure-container': { weight: BLOCKS, rationale: 'one more thing to build, run and patch' },
  'dependency-weighty': { weight: BLOCKS, rationale: 'state, protocol or the shape of the code goes with it' },
  'new-package': { weight: BLOCKS, rationale: 'a part with a life of its own' },
  'build-system': { weight: 2.5, rationale: 'everybody builds with it' },
  'interface-schema': { weight: BLOCKS, rationale: 'others read or write the format' },
  'interface-schema-detail': { weight: 1.2, rationale: 'one more field that may be left out' },
  'interface-graphql-field': { weight: 0.8, rationale: 'others query it' },
  'interface-openapi-detail': { weight: 0, rationale: 'mostly descriptions; counted only where configured' },
  'database-migration': { weight: 0.3, rationale: 'mostly a column or an index: ordinary work' },
  'infrastructure-detail': { weight: 1, rationale: 'a setting of what runs' },
  'ci-permissions': { weight: BLOCKS, rationale: 'whoever gets into the build may do as much' },
  'ci-permissions-again': { weight: 1, rationale: 'one more workflow with a power that others have' },
  'engine-major': { weight: BLOCKS, rationale: 'everything runs on it' },
  'dependency-notable': { weight: 2.5, rationale: 'it shapes the code, and is rarely taken out again' },
  'dependency-added': { weight: 1.2, rationale: 'one more thing to trust' },
  'dependency-removed': { weight: 0.8, rationale: 'what it did is now done otherwise' },
  'dependency-removed-weighty': { weight: 1.2, rationale: 'what it did is now done otherwise' },
  'dependency-replaced': { weight: 1.5, rationale: 'somebody weighed one against the other' },
  'package-face': { weight: 1, rationale: 'all who load the package see it' },
  'new-module': { weight: 1.2, rationale: 'one more part, and what belongs in it' },
  'new-view': { weight: 0.2, rationale: 'one more thing to look at' },
  'import-edge': { weight: 0.3, rationale: 'parts that did not know each other now do' },
  'import-cycle': { weight: 0.5, rationale: 'neither part can be understood or moved alone' },
  'layer-reversed': { weight: 1, rationale: 'what stood below now stands above' },
  'public-export': { weight: 0.3, rationale: 'others may come to rely on it' },
  'contract-changed': { weight: 2, rationale: 'all who implement it must follow' },
  'new-contract': { weight: 0.3, rationale: 'a place where implementations can be exchanged' },
  'new-component': { weight: 0.3, rationale: 'one more part with a role' },
  'new-type': { weight: 1, rationale: 'words that parts share' },
  'type-removed': { weight: 0.2, rationale: 'words that parts shared' },
  'signature-changed': { weight: 0.7, rationale: 'callers must follow' },
  'data-entity': { weight: BLOCKS, rationale: 'a new kind of thing that is stored outlives the code' },
  'data-model': { weight: 1.5, rationale: 'stored data outlives the code' },
  'data-model-removed': { weight: 0.3, rationale: 'stored data outlives the code' },
  'wire-format': { weight: 1, rationale: 'others read and write it' },
  'wire-format-removed': { weight: 0.5, rationale: 'others read and write it' },
  endpoint: { weight: 0.6, rationale: 'others will call it' },
  'external-call': { weight: 2.5, rationale: 'the product now depends on a service of others' },
  'external-call-removed': { weight: 0.3, rationale: 'the product depended on a service of others' },
  identity: { weight: 1.5, rationale: 'who may do what rests on it' },
  'identity-removed': { weight: 1.5, rationale: 'who may do what rested on it' },
  storage: { weight: 0.8, rationale: 'where state lives decides what survives' },
  'storage-removed': { weight: 2.5, rationale: 'where state lived decided what survived' },
  messaging: { weight: 0.6, rationale: 'senders and receivers must agree' },
  concurrency: { weight: 1.8, rationale: 'it cannot be seen in a test that passes' },
  'concurrency-removed': { weight: 2.5, rationale: 'what it guarded is no longer guarded' },
  wiring: { weight: 1, rationale: 'it decides which parts meet at run time' },
  configuration: { weight: 1, rationale: 'whoever runs the product must know of it' },
} as const satisfies Record<string, TriggerInfo>;

/** The name of a trigger. */
export type TriggerName = keyof typeof TRIGGERS;

/** The names of all triggers. */
export const TRIGGER_NAMES = Object.keys(TRIGGERS) as [TriggerName, ...TriggerName[]];
