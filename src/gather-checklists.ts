import { readChecklists } from './config/checklists.ts';
import { mergeChecklists } from './config/merge-checklists.ts';
import type { EvidenceSources, RequestOf } from './gather.ts';
import type { ChecklistDefinition, ChecklistProblem } from './model/checklist.ts';
import { type ChecklistsAnswer, Evidence, type FileAnswer, type Side } from './model/evidence.ts';
import type { PullRequest } from './model/pull-request.ts';
import type { Missing } from './model/review.ts';

/** Where a repository, and an organisation in its `.github` repository, keeps lists of its own. */
export const CHECKLISTS_FOLDER = '.github/composure/checklists';

/** A list, or what stands in its place. Text of the organisation comes with the snapshot. */
export interface ChecklistFile {
  path: string;
  answer: FileAnswer;
}

/** What lists are gathered from. */
export interface ChecklistPlaces {
  pullRequest: PullRequest;
  repository: EvidenceSources['repository'];
  /** The lists that come with Composure. */
  builtIn: ChecklistsAnswer;
  /** The organisation's, where there is one and it could be read. */
  organisation?: readonly ChecklistFile[];
}

/** The source of `checklists` for one pull request. */
export function checklistSource(places: ChecklistPlaces): EvidenceSources['checklists'] {
  return async (requests) => {
    const answer = await gatherChecklists(places);
    return requests.map((request: RequestOf<'checklists'>) => [request, answer]);
  };
}

/**
 * The lists in force: those that come with Composure, the organisation's over them, and over these the repository's at
 * the base. Lists that the pull request changes are read at head as well, and only to say what is wrong with them.
 */
export async function gatherChecklists(places: ChecklistPlaces): Promise<ChecklistsAnswer> {
  const { pullRequest, repository, builtIn, organisation = [] } = places;
  const [own, proposed] = await Promise.all([
    readFolder(repository),
    readFiles(repository, editedLists(pullRequest), 'head'),
  ]);
  const layers = [readLayer(organisation, 'the organisation’s '), readLayer(own.files, '')];
  const [fromOrganisation, fromRepository] = layers as [Layer, Layer];
  return {
    lists: mergeChecklists([builtIn.lists, fromOrganisation.lists, fromRepository.lists]),
    problems: [
      ...builtIn.problems,
      ...fromOrganisation.problems.map((problem) => ({ ...problem, source: 'organisation' as const })),
      ...fromRepository.problems,
    ],
    missing: [...own.missing, ...fromOrganisation.missing, ...fromRepository.missing],
    proposed: proposed.map((file) => ({ path: file.path, problems: readLayer([file], '').problems })),
  };
}

interface Layer {
  lists: readonly ChecklistDefinition[];
  problems: readonly ChecklistProblem[];
  missing: Missing[];
}

function readLayer(files: readonly ChecklistFile[], whose: string): Layer {
  const texts = files.flatMap(({ path, answer }) => {
    // What is not text is no list, and its reader says so.
    if (answer.state === 'binary') return [{ path, text: '\0' }];
    return answer.state === 'found' ? [{ path, text: answer.text }] : [];
  });
  const missing = files.flatMap(({ path, answer }) =>
    answer.state === 'unavailable' ? [{ what: `${whose}checklist ${path}`, cause: answer.cause }] : [],
  );
  return { ...readChecklists(texts), missing };
}

async function readFolder(
  repository: EvidenceSources['repository'],
): Promise<{ files: ChecklistFile[]; missing: Missing[] }> {
  const evidence = new Evidence(await repository([{ kind: 'folder', path: CHECKLISTS_FOLDER, side: 'base' }]));
  const folder = evidence.folder(CHECKLISTS_FOLDER, 'base');
  if (folder.state === 'absent') return { files: [], missing: [] };
  if (folder.state === 'unavailable') {
    return { files: [], missing: [{ what: `the folder ${CHECKLISTS_FOLDER}`, cause: folder.cause }] };
  }
  const paths = folder.entries
    .filter(({ name, kind }) => kind === 'file' && name.endsWith('.md'))
    .map(({ name }) => `${CHECKLISTS_FOLDER}/${name}`)
    .sort();
  return { files: await readFiles(repository, paths, 'base'), missing: [] };
}

async function readFiles(
  repository: EvidenceSources['repository'],
  paths: readonly string[],
  side: Side,
): Promise<ChecklistFile[]> {
  if (paths.length === 0) return [];
  const evidence = new Evidence(await repository(paths.map((path) => ({ kind: 'file', path, side }))));
  return paths.map((path) => ({ path, answer: evidence.file(path, side) }));
}

/** Lists that the change adds, edits or takes away. */
function editedLists({ files }: PullRequest): string[] {
  const paths = files.flatMap((file) => [file.path, ...(file.previousPath === undefined ? [] : [file.previousPath])]);
  return [...new Set(paths)].filter((path) => isChecklistPath(path));
}

/** Whether a path is where lists are read from. */
export function isChecklistPath(path: string): boolean {
  return (
    path.startsWith(`${CHECKLISTS_FOLDER}/`) &&
    path.endsWith('.md') &&
    !path.slice(CHECKLISTS_FOLDER.length + 1).includes('/')
  );
}
