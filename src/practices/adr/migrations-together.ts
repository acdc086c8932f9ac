import type { FolderAnswer } from '../../model/evidence.ts';
import type { ChangedFile, PullRequest } from '../../model/pull-request.ts';
import type { Finding, Missing } from '../../model/review.ts';
import type { GroupJudgement, GroupQuestion } from '../define-practice.ts';
import { isMigration } from './triggers/migrations.ts';
import { isAside, placeOf } from './triggers/places.ts';

/** A migration by what must be its own in its folder. */
interface Migration {
  path: string;
  folder: string;
  /** The file, or the folder that holds it where the tool gives each migration one. */
  name: string;
  /** The name without ending and direction: both halves of one migration have the same. */
  stem: string;
  /** Number or time, without leading zeros and with `.` between its parts; `null` where the tool goes by another order. */
  version: string | null;
  /** What it is called beside that, where the tool refuses two of one name. */
  title: string | null;
}

/** A migration that was there first. */
interface Earlier extends Migration {
  /** Who adds it; `null`: it is on the branch that the group is built on, as far as we know. */
  number: number | null;
}

/** `V1_2__add_email.sql`, `R__view.sql` has none; `20240101120000_add_email.rb`, `2024_01_01_000000_x.php`, `0012_x.py`. */
const VERSION = /^(?:[vV](?=\d[\d._]*__))?(\d+(?:[._]\d+)*)(?:[._-]|$)/;

/** Where the way there and the way back are files of their own. */
const DIRECTION = /\.(?:up|down|do|undo)$/i;

/** Folders in which the change adds migrations. */
export function migrationFolders({ files }: PullRequest): string[] {
  return [...new Set(addedMigrations(files).map(({ folder }) => folder))];
}

/**
 * Migrations of this pull request whose number, or name where that matters, is taken by one that the queue merges before
 * it or that is on the branch already.
 */
export function judgeMigrationsTogether({
  pullRequest,
  evidence,
  ahead,
  finding,
}: GroupQuestion<'migration-taken'>): GroupJudgement | null {
  const own = addedMigrations(pullRequest.files);
  if (own.length === 0) return null;
  const paths = new Set(own.map(({ path }) => path));
  const folders = migrationFolders(pullRequest);
  const queued = ahead.flatMap(({ number, added }) =>
    added.flatMap(migrationAt).map((migration) => ({ ...migration, number })),
  );
  const missing: Missing[] = [];
  const standing = folders.flatMap((folder) => {
    const answer = evidence.folder(folder, 'base');
    if (answer.state !== 'unavailable') return migrationsIn(folder, answer);
    missing.push({ what: `the folder ${folder}`, cause: answer.cause });
    return [];
  });
  const earlier: Earlier[] = [...queued, ...standing];
  const findings: Finding[] = [];
  for (const migration of own) {
    if (reconciles(own, migration)) continue;
    const taken = earlier.find((other) => !paths.has(other.path) && clashOf(migration, other) !== null);
    if (!taken) continue;
    const where = taken.number === null ? 'there already' : `of #${taken.number}, ahead in the queue`;
    const facts = { path: migration.path, other: taken.path, where, ...clashOf(migration, taken) };
    findings.push(finding('migration-taken', facts, { path: migration.path }));
  }
  if (findings.length + missing.length === 0) return null;
  const [first] = findings;
  const summary = first
    ? `${String(first.facts.path)} and ${String(first.facts.other)} cannot both go in as they are.`
    : 'Whether the migrations go together is not known yet.';
  return { summary, findings, missing };
}

/** What two migrations share that only one may have. */
function clashOf(one: Migration, other: Migration): { what: 'number' | 'name'; value: string } | null {
  if (one.folder !== other.folder || one.stem === other.stem) return null;
  if (one.version !== null && one.version === other.version) return { what: 'number', value: one.version };
  if (one.title !== null && one.title === other.title) return { what: 'name', value: one.title };
  return null;
}

/** Django lets two leaves stand where a further migration joins them. */
function reconciles(own: readonly Migration[], { path, folder }: Migration): boolean {
  return path.endsWith('.py') && own.some((one) => one.folder === folder && /(?:^|_)merge(?:_|$)/.test(one.stem));
}

function addedMigrations(files: readonly ChangedFile[]): Migration[] {
  return files
    .filter(({ status }) => status !== 'removed' && status !== 'modified')
    .flatMap(({ path }) => migrationAt(path));
}

/** None, or one. */
function migrationAt(path: string): Migration[] {
  const place = placeOf(path);
  if (!isMigration(place) || isAside(place)) return [];
  const at = path.lastIndexOf('/');
  // Prisma gives each migration a folder.
  const inFolder = place.name === 'migration.sql' && place.folders.at(-2) === 'migrations';
  return [migrationOf(path, inFolder ? path.slice(0, at) : path)];
}

/** What stands in a folder, files as well as folders; a name without a number is in nobody's way. */
function migrationsIn(folder: string, answer: FolderAnswer): Earlier[] {
  if (answer.state !== 'found') return [];
  return answer.entries
    .map(({ name }) => `${folder}/${name}`)
    .map((path) => ({ ...migrationOf(path, path), number: null }));
}

function migrationOf(path: string, unit: string): Migration {
  const at = unit.lastIndexOf('/');
  const name = unit.slice(at + 1);
  const stem = name.replace(/(?<=.)\.[a-z]+$/i, '').replace(DIRECTION, '');
  const version = VERSION.exec(stem)?.[1];
  const rest = version === undefined ? null : stem.slice(stem.indexOf(version) + version.length).replace(/^[._-]+/, '');
  return {
    path,
    folder: unit.slice(0, Math.max(at, 0)),
    name,
    stem,
    version:
      version === undefined
        ? null
        : version
            .split(/[._]/)
            .map((part) => part.replace(/^0+(?=\d)/, ''))
            .join('.'),
    // Rails makes a class of it, and refuses a second.
    title: /\.rb$/.test(name) && rest ? rest : null,
  };
}
