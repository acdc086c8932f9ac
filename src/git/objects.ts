import { cp, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CatFile } from './cat-file.ts';
import { type GitOutput, runGit, startGit, streamGit } from './git.ts';
import type { LocalRepository } from './repository.ts';
import { Trees } from './trees.ts';

/** Runs git on the objects of a repository and on nothing else of it. */
export type ReadObjects = (
  args: readonly string[],
  options?: { input?: string; maxBytes?: number },
) => Promise<GitOutput>;

/** The same, with the output as it comes: see `streamGit`. */
export type StreamObjects = (args: readonly string[]) => AsyncGenerator<Buffer>;

/** The objects of a repository, and every way to read them. */
export interface Objects {
  git: ReadObjects;
  stream: StreamObjects;
  catFile: CatFile;
  trees: Trees;
}

/** Objects on loan: whoever borrows them gives them back, and asks nothing afterwards. */
export interface LentObjects extends Objects {
  close(): Promise<void>;
}

/**
 * Lends out the repository's objects through a git folder of our own, which is removed when they are given back. Git
 * therefore meets none of the repository's configuration, attributes, hooks, grafts or remotes: no diff driver or text
 * conversion to run, nothing that hides a file from the diff, no server to ask for what a partial clone lacks.
 */
export async function lendObjects(repository: LocalRepository): Promise<LentObjects> {
  const folder = await mkdtemp(join(tmpdir(), 'composure-git-'));
  const remove = () => rm(folder, { recursive: true, force: true, maxRetries: 3 });
  try {
    await Promise.all([
      mkdir(join(folder, 'refs')),
      mkdir(join(folder, 'objects')),
      writeFile(join(folder, 'HEAD'), 'ref: refs/heads/none\n'),
      writeFile(join(folder, 'config'), configFor(repository.objectFormat)),
      repository.shallow ? cp(repository.shallowFile, join(folder, 'shallow')) : null,
    ]);
  } catch (error) {
    await remove();
    throw error;
  }
  const variables = { GIT_DIR: folder, GIT_OBJECT_DIRECTORY: repository.objects };
  const run = { cwd: folder, environment: repository.environment, variables };
  const catFile = new CatFile((args) => startGit(args, run));
  return {
    git: (args, options = {}) => runGit(args, { ...run, ...options }),
    stream: (args) => streamGit(args, run),
    catFile,
    trees: new Trees(catFile),
    async close() {
      await catFile.end();
      await remove();
    },
  };
}

/** Lends the objects for as long as something is done with them. */
export async function withObjects<Result>(
  repository: LocalRepository,
  use: (objects: Objects) => Promise<Result>,
): Promise<Result> {
  const objects = await lendObjects(repository);
  try {
    return await use(objects);
  } finally {
    await objects.close();
  }
}

function configFor(objectFormat: string): string {
  const plain = objectFormat === 'sha1';
  const extension = plain ? '' : `[extensions]\n\tobjectFormat = ${objectFormat.replace(/[^a-z0-9]/g, '')}\n`;
  return `[core]\n\trepositoryFormatVersion = ${plain ? 0 : 1}\n\tbare = true\n${extension}`;
}
