import { isDependencyField } from '../manifests/declared-dependency.ts';
import { foldersUpFrom, pathIn } from '../manifests/folders.ts';
import { type PackageJson, readPackageJson } from '../manifests/package-json.ts';
import type { Evidence } from '../model/evidence.ts';

/** What the manifests in a folder and above it declare: any of them counts, as Node.js looks for packages upwards. */
export interface Declarations {
  /** The manifest that would have to declare more; `null` where no folder has one. */
  nearest: string | null;
  /** Names of dependencies in any field. */
  values: ReadonlySet<string>;
  /** Names of the packages themselves, and what their manifests map to something else. */
  own: ReadonlySet<string>;
  engines: ReadonlySet<string>;
}

/** Reads the manifests above a folder at head, so that what the same change declares counts. */
export function declarationsAbove(folder: string, evidence: Evidence): Declarations {
  const values = new Set<string>();
  const own = new Set<string>();
  const engines = new Set<string>();
  let nearest: string | null = null;
  let outermost: string | null = null;
  for (const above of foldersUpFrom(folder)) {
    if (!hasManifest(above, evidence)) continue;
    const path = pathIn(above, 'package.json');
    const answer = evidence.file(path, 'head');
    const result = answer.state === 'found' ? readPackageJson(answer.text) : null;
    if (!result?.ok) {
      // What it declares is not known, and that it cannot be read is said where it is judged.
      return { nearest: null, values, own, engines };
    }
    const { manifest } = result;
    if (nearest === null && isPackage(manifest)) nearest = path;
    outermost = path;
    for (const { field, name } of manifest.dependencies) if (isDependencyField(field)) values.add(name);
    for (const name of [...manifest.bundled]) values.add(name);
    for (const name of [manifest.name, ...manifest.mapped]) if (name !== null) own.add(name);
    for (const engine of manifest.engines) engines.add(engine);
  }
  return { nearest: nearest ?? outermost, values, own, engines };
}

/** `{ "type": "module" }` alone says how files are read, and declares nothing. */
function isPackage({ name, dependencies, workspaces, version }: PackageJson): boolean {
  return name !== null || version !== null || dependencies.length > 0 || workspaces.length > 0;
}

function hasManifest(folder: string, evidence: Evidence): boolean {
  const listing = evidence.folder(folder, 'head');
  return (
    listing.state === 'found' && listing.entries.some(({ name, kind }) => name === 'package.json' && kind === 'file')
  );
}
