import type { EvidenceSources } from '../gather.ts';
import type { EvidenceEntry, FileAnswer, FolderAnswer, Side } from '../model/evidence.ts';
import type { CatFile } from './cat-file.ts';
import type { Objects } from './objects.ts';

type Request = Parameters<EvidenceSources['repository']>[0][number];

/** A file that people are to read is smaller; a larger one would cost more memory than its answer is worth. */
const MAX_FILE_BYTES = 20 * 1024 * 1024;

/** A folder request without a path means the whole repository. */
const ROOT = '';

/** Git looks as far for a NUL when it decides what is binary. */
const BINARY_PROBE_BYTES = 8_000;

/** Answers for the files and folders of one repository, at the three commits that a review knows, named by their ids. */
export function repositorySource(
  { catFile, trees }: Pick<Objects, 'catFile' | 'trees'>,
  commits: Readonly<Record<Side, string>>,
): EvidenceSources['repository'] {
  return (requests) => {
    const contents = rememberingContents(catFile);
    return Promise.all(
      requests.map(async (request): Promise<EvidenceEntry> => {
        if (request.kind === 'file') return [request, await readFile(request)];
        return [request, await readFolder(request)];
      }),
    );

    async function readFile({ path, side }: Request): Promise<FileAnswer> {
      const place = isPath(path) ? await trees.find(commits[side], path) : null;
      if (place === null) return { state: 'absent' };
      if ('unavailable' in place) return { state: 'unavailable', cause: place.unavailable };
      return place.kind === 'file' ? contents(place.id) : { state: 'absent' };
    }

    async function readFolder({ path, side }: Request): Promise<FolderAnswer> {
      const children = await findChildren(path.replace(/\/$/, ''), commits[side]);
      if (children === null) return { state: 'absent' };
      if ('unavailable' in children) return { state: 'unavailable', cause: children.unavailable };
      return { state: 'found', entries: children.map(({ name, kind }) => ({ name, kind })) };
    }

    async function findChildren(path: string, commit: string) {
      if (path === ROOT) return trees.rootChildren(commit);
      const place = isPath(path) ? await trees.find(commit, path) : null;
      if (place === null || 'unavailable' in place) return place;
      return place.kind === 'folder' ? trees.children(place.id) : null;
    }
  };
}

/** Whether anything can stand there: a tree holds no such names, but a hostile one might. */
function isPath(path: string): boolean {
  return path.split('/').every((part) => part !== '' && part !== '.' && part !== '..');
}

/** Reads each content once, however many paths lead to it. */
function rememberingContents(catFile: CatFile): (id: string) => Promise<FileAnswer> {
  const read = new Map<string, Promise<FileAnswer>>();
  return (id) => {
    const known = read.get(id) ?? readContent(catFile, id);
    read.set(id, known);
    return known;
  };
}

/** Asks how large it is before it is read: git unpacks the whole of what it hands over. */
async function readContent(catFile: CatFile, id: string): Promise<FileAnswer> {
  const described = await catFile.describe(id);
  const tooLarge = described.state === 'found' && described.bytes > MAX_FILE_BYTES;
  const answer = described.state === 'found' && !tooLarge ? await catFile.read(id, MAX_FILE_BYTES) : described;
  if (answer.state === 'absent') return unavailable('this clone does not hold its content');
  if (answer.state === 'unavailable') return answer;
  if (answer.type !== 'blob') return unavailable('git has no file under its id');
  if (answer.content === null) return unavailable(`it has ${answer.bytes} bytes, more than is read`);
  if (answer.content.subarray(0, BINARY_PROBE_BYTES).includes(0)) return { state: 'binary' };
  return { state: 'found', text: answer.content.toString('utf8') };
}

function unavailable(cause: string): FileAnswer {
  return { state: 'unavailable', cause };
}
