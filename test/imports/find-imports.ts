import type { ImportedPackage } from '../../src/model/dependency.ts';
import { fakeRepository } from '../manifests/fake-repository.ts';
import { type ImportShape, MANIFEST } from './corpus.ts';

/** What is found in one shape: packages that are certainly undeclared, and those of which there is a doubt. */
export async function findImports(
  shape: ImportShape,
): Promise<{ certain: ImportedPackage[]; doubtful: ImportedPackage[] }> {
  const before = {
    'package.json': MANIFEST,
    ...shape.tree,
    ...(shape.was !== undefined && { [shape.path]: shape.was }),
  };
  const present = Object.fromEntries(Object.entries(before).filter(([, content]) => content !== null));
  const { dependencyChanges } = fakeRepository(present, { [shape.path]: shape.source, ...shape.changed });
  const { imports } = await dependencyChanges();
  return {
    certain: imports.filter(({ doubt }) => doubt === null),
    doubtful: imports.filter(({ doubt }) => doubt !== null),
  };
}
