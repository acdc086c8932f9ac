import { LRUCache } from 'lru-cache';
import type { CatFile, ObjectAnswer } from './cat-file.ts';

/** What stands at a path: only a blob that is neither link nor submodule counts as a file. */
export interface TreeEntry {
  kind: 'file' | 'folder' | 'other';
  id: string;
}

/** A child of a folder. */
export interface NamedEntry extends TreeEntry {
  name: string;
}

/** Why it is not known what stands somewhere. */
export interface Unavailable {
  unavailable: string;
}

interface Tree {
  children: readonly NamedEntry[];
  /** By the bytes of their names, each as one character: what is no UTF-8 has a name too, and no two become one. */
  byName: ReadonlyMap<string, TreeEntry>;
}

/** Of one folder; half a million files. */
const MAX_TREE_BYTES = 20 * 1024 * 1024;

/** What remembering anything takes, at least. */
const MIN_BYTES = 100;

/** Of all trees that are remembered, as git keeps them; in memory they take some times as much. */
const MAX_REMEMBERED_BYTES = 8 * 1024 * 1024;

/**
 * Walks from commits to what stands at paths, by the ids in the trees on the way: no path ever reaches git. A tree is
 * read once, however many ask, until others push it out.
 */
export class Trees {
  readonly #catFile: Pick<CatFile, 'read'>;
  readonly #remembered: LRUCache<string, Promise<Tree | Unavailable>>;

  constructor(catFile: Pick<CatFile, 'read'>, maxBytes = MAX_REMEMBERED_BYTES) {
    this.#catFile = catFile;
    this.#remembered = new LRUCache({ maxSize: maxBytes });
  }

  /** What stands at a path of a commit, named by its id; `null` where nothing does. */
  async find(commit: string, path: string): Promise<TreeEntry | Unavailable | null> {
    const parts = path.split('/');
    const last = parts.pop() ?? '';
    let tree = await this.#read(rootOf(commit));
    for (const part of parts) {
      if ('unavailable' in tree) return tree;
      const entry = tree.byName.get(bytewise(part));
      if (entry?.kind !== 'folder') return null;
      tree = await this.#read(entry.id);
    }
    return 'unavailable' in tree ? tree : (tree.byName.get(bytewise(last)) ?? null);
  }

  /** The children of the root of a commit, in git's order. */
  rootChildren(commit: string): Promise<readonly NamedEntry[] | Unavailable> {
    return this.children(rootOf(commit));
  }

  /** The children of a tree, in git's order. */
  async children(id: string): Promise<readonly NamedEntry[] | Unavailable> {
    const tree = await this.#read(id);
    return 'unavailable' in tree ? tree : tree.children;
  }

  #read(name: string): Promise<Tree | Unavailable> {
    const known = this.#remembered.get(name);
    if (known) return known;
    const asked = this.#catFile.read(name, MAX_TREE_BYTES);
    const tree = asked.then(toTree);
    this.#remembered.set(name, tree, { size: MIN_BYTES });
    asked
      .then((answer) => {
        const bytes = answer.state === 'found' ? (answer.content?.length ?? 0) : 0;
        // It may have been pushed out before it came.
        if (this.#remembered.peek(name) !== tree) return;
        // Anew, since the same value set again keeps the size it had.
        this.#remembered.delete(name);
        this.#remembered.set(name, tree, { size: MIN_BYTES + bytes });
      })
      .catch(() => {});
    return tree;
  }
}

function toTree(answer: ObjectAnswer): Tree | Unavailable {
  if (answer.state === 'absent') return { unavailable: 'this clone does not hold the folder it stands in' };
  if (answer.state === 'unavailable') return { unavailable: answer.cause };
  if (answer.content === null) return { unavailable: `its folder has ${answer.bytes} bytes, more than is read` };
  const tree = answer.type === 'tree' ? parseTree(answer.content, answer.id.length / 2) : null;
  return tree ?? { unavailable: 'git cannot read the folder it stands in' };
}

function rootOf(commit: string): string {
  return `${commit}^{tree}`;
}

function bytewise(name: string): string {
  return Buffer.from(name, 'utf8').toString('latin1');
}

/** A tree object: for each child its mode, a space, its name, a NUL, and its id in bytes. `null` for anything else. */
function parseTree(tree: Buffer, idBytes: number): Tree | null {
  const children: NamedEntry[] = [];
  const byName = new Map<string, TreeEntry>();
  let at = 0;
  while (at < tree.length) {
    const space = tree.indexOf(0x20, at);
    const end = space === -1 ? -1 : tree.indexOf(0, space);
    if (end === -1 || end + 1 + idBytes > tree.length) return null;
    const kind = kindOf(tree.toString('latin1', at, space));
    const id = tree.toString('hex', end + 1, end + 1 + idBytes);
    const child = { name: tree.toString('utf8', space + 1, end), kind, id };
    children.push(child);
    byName.set(tree.toString('latin1', space + 1, end), child);
    at = end + 1 + idBytes;
  }
  return { children, byName };
}

/** Git writes the mode of a folder without the zero in front. */
function kindOf(mode: string): TreeEntry['kind'] {
  if (/^0?40000$/.test(mode)) return 'folder';
  return mode.startsWith('100') ? 'file' : 'other';
}
