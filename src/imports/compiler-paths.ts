import { pathIn } from '../manifests/folders.ts';
import { type JsonObject, objectAt, readJsonTree, textAt, textsAt } from '../manifests/json-tree.ts';
import type { Evidence, EvidenceRequest } from '../model/evidence.ts';
import { folderOf } from '../model/package-files.ts';
import { type Aliases, addPattern } from './aliases.ts';

/** Whether a file configures the TypeScript compiler, or an editor in its stead. */
export function isCompilerConfig(name: string): boolean {
  return /^(?:tsconfig(?:\.[\w.-]+)?|jsconfig)\.json$/.test(name);
}

/** Configurations followed at most, through `extends` and `references`. */
const MAX_CONFIGS = 60;

/** `paths` and `baseUrl` of some configurations and of those they extend or refer to; asks for what it has not read. */
export function readCompilerPaths(starts: readonly string[], evidence: Evidence, aliases: Aliases): EvidenceRequest[] {
  const wanted: EvidenceRequest[] = [];
  const seen = new Set<string>();
  const queue = [...starts];
  for (let path = queue.shift(); path !== undefined && seen.size < MAX_CONFIGS; path = queue.shift()) {
    if (seen.has(path)) continue;
    seen.add(path);
    const request: EvidenceRequest = { kind: 'file', path, side: 'head' };
    if (!evidence.has(request)) {
      wanted.push(request);
      continue;
    }
    const answer = evidence.file(path, 'head');
    if (answer.state === 'unavailable') aliases.doubt ??= `${path}, which may name it, could not be read`;
    if (answer.state !== 'found') continue;
    const tree = readJsonTree(answer.text, 'with-comments');
    if (!tree.ok) {
      aliases.doubt ??= `${path}, which may name it, could not be understood`;
      continue;
    }
    takeDown(path, tree.root, aliases);
    queue.push(...followed(path, tree.root));
  }
  return wanted;
}

function takeDown(path: string, root: JsonObject, aliases: Aliases): void {
  const options = objectAt(root, 'compilerOptions');
  const baseUrl = textAt(options, 'baseUrl');
  const base = resolved(folderOf(path), baseUrl ?? '.');
  if (baseUrl !== null && base !== null) aliases.folders.add(base);
  const paths = objectAt(options, 'paths');
  for (const pattern of paths?.properties.keys() ?? []) {
    addPattern(aliases, pattern, false);
    if (pattern !== '*' || base === null) continue;
    for (const target of textsAt(paths, pattern)) {
      const folder = resolved(base, target.replace(/\*.*$/, ''));
      if (folder !== null) aliases.folders.add(folder);
    }
  }
}

/** Packages that a configuration extends set options, hardly ever paths: those are relative to them. */
function followed(path: string, root: JsonObject): string[] {
  const single = textAt(root, 'extends');
  const bases = [...(single === null ? [] : [single]), ...textsAt(root, 'extends')];
  const references = root.properties.get('references')?.value;
  const projects = references?.type === 'array' ? references.items : [];
  return [
    ...bases.filter((one) => one.startsWith('.')).flatMap((one) => candidates(folderOf(path), one, '')),
    ...projects.flatMap((one) => {
      const target = one.type === 'object' ? textAt(one.object, 'path') : null;
      return target === null ? [] : candidates(folderOf(path), target, 'tsconfig.json');
    }),
  ];
}

/** The file itself, or with what may be left out: `.json`, or for a folder the file in it. */
function candidates(folder: string, target: string, inFolder: string): string[] {
  const path = resolved(folder, target);
  if (path === null) return [];
  if (path.endsWith('.json')) return [path];
  return inFolder === '' ? [`${path}.json`] : [pathIn(path, inFolder)];
}

/** A relative path from a folder; `null` where it leads out of the repository. */
export function resolved(folder: string, path: string): string | null {
  const parts = folder === '' ? [] : folder.split('/');
  for (const part of path.replace(/^\$\{configDir\}/, '.').split('/')) {
    if (part === '..') {
      if (parts.length === 0) return null;
      parts.pop();
    } else if (part !== '' && part !== '.') parts.push(part);
  }
  return parts.join('/');
}
