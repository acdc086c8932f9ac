import type { EvidenceSources } from '../../src/gather.ts';
import { gatherDependencyChanges } from '../../src/gather-dependencies.ts';
import type { DependencyChanges } from '../../src/model/dependency.ts';
import type { FileAnswer, FolderAnswer, Side } from '../../src/model/evidence.ts';
import type { PullRequest } from '../../src/model/pull-request.ts';
import { changedFile, pullRequest } from '../support/pull-request.ts';

/** Path to text; anything but a string is written as JSON. `null` means: not there. */
export type Tree = Readonly<Record<string, unknown>>;

/** A repository by what it held before and what the change makes of it. */
export interface FakeRepository {
  pullRequest: PullRequest;
  repository: EvidenceSources['repository'];
  /** `side:path` of everything that was read, in order. */
  reads: string[];
  /** How often it was asked. */
  rounds(): number;
  dependencyChanges(): Promise<DependencyChanges>;
}

/** The registry that the tests' repositories may name without their names becoming private. */
export const PUBLIC_REGISTRY = 'https://registry.example/';

/**
 * `changed` is laid over `before` to make the head; `baseTip`, over `before`, is what the base branch has become since.
 * Paths in `broken` cannot be read, on whichever side.
 */
export function fakeRepository(
  before: Tree,
  changed: Tree,
  more: { baseTip?: Tree; broken?: readonly string[]; overrides?: Partial<PullRequest> } = {},
): FakeRepository {
  const sides: Record<Side, Map<string, string>> = {
    'merge-base': textsOf(before),
    head: textsOf({ ...before, ...changed }),
    base: textsOf({ ...before, ...more.baseTip }),
  };
  const files = Object.keys(changed)
    .sort()
    .map((path) => changedFile(path, sides['merge-base'].get(path) ?? null, sides.head.get(path) ?? null));
  const reads: string[] = [];
  let rounds = 0;
  const repository: EvidenceSources['repository'] = async (requests) => {
    rounds++;
    return requests.map((request) => {
      reads.push(`${request.side}:${request.path}`);
      const tree = sides[request.side];
      const isBroken = more.broken?.includes(request.path);
      if (isBroken) return [request, { state: 'unavailable', cause: 'it was struck by lightning' }] as never;
      return [request, request.kind === 'file' ? fileAt(tree, request.path) : folderAt(tree, request.path)] as never;
    });
  };
  const ours = pullRequest({ files, ...more.overrides });
  return {
    pullRequest: ours,
    repository,
    reads,
    rounds: () => rounds,
    dependencyChanges: () => gatherDependencyChanges(ours, repository, { publicRegistries: [PUBLIC_REGISTRY] }),
  };
}

function textsOf(tree: Tree): Map<string, string> {
  const present = Object.entries(tree).filter(([, content]) => content !== null);
  return new Map(
    present.map(([path, content]) => [path, typeof content === 'string' ? content : JSON.stringify(content, null, 2)]),
  );
}

function fileAt(tree: ReadonlyMap<string, string>, path: string): FileAnswer {
  const text = tree.get(path);
  if (text === undefined) return { state: 'absent' };
  return text.includes('\0') ? { state: 'binary' } : { state: 'found', text };
}

function folderAt(tree: ReadonlyMap<string, string>, path: string): FolderAnswer {
  const prefix = path === '' ? '' : `${path}/`;
  const entries = new Map<string, 'file' | 'folder'>();
  for (const file of tree.keys()) {
    if (!file.startsWith(prefix)) continue;
    const [name, ...deeper] = file.slice(prefix.length).split('/');
    entries.set(name!, deeper.length > 0 ? 'folder' : 'file');
  }
  if (entries.size === 0) return { state: 'absent' };
  return { state: 'found', entries: [...entries].map(([name, kind]) => ({ name, kind })) };
}
