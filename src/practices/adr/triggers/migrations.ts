import type { TriggerName } from './catalogue.ts';
import type { Line } from './lines.ts';
import { follows, type Place } from './places.ts';

/** What a migration is written in; a page about migrations is none. */
const MIGRATION_NAME = /\.(?:sql|[cm]?[jt]s|py|rb|php|go|rs|java|kt|kts|cs|fs|exs?|xml|ya?ml|json)$/;

/** Tests of what migrates stand beside it; after a number or a date, `_test` is the name of what a migration makes. */
const MIGRATION_TEST = /\.(?:test|tests|spec)\.[^.]+$|^(?!v?\d).*_(?:test|spec)\.[a-z]+$|^test_/;

const NEW_TABLE =
  /\bcreate\s+(?:unlogged\s+|foreign\s+)?table\b|\bcreate_(?:join_)?table\b|\bcreate(?:Join)?Table\b|\bCreateTable\b|\bCreateModel\b|\bcreateCollection\b/i;

/** What no code brings back. */
const DROPPED =
  /\bdrop\s+(?:table|type|schema)\b|\bdrop_(?:join_)?table\b|\bDeleteModel\b|\bDropTable\b|\bdrop(?:Join)?Table\b/i;

/** What goes by one name and stays by another: the running code looks for the old one. */
const RENAMED =
  /\brename_(?:column|table)s?\b|\bRename(?:Model|Field|Column|Table)\b|\brename(?:Column|Columns|Table)\b|\brename\s+(?:to|column)\b/i;

const COLUMN_DROPPED =
  /\bdrop\s+column\b|\b(?:drop|remove)_(?:column|reference)s?\b|\bRemoveField\b|\bDropColumn\b|\bdropColumns?\b|\bremoveColumn\b/i;

/** In PostgreSQL and MySQL the word `COLUMN` may be left out; what else can be dropped from a table is named by its kind. */
const COLUMN_DROPPED_BRIEFLY =
  /\balter\s+table\s+\S+\s+drop\s+(?:if\s+exists\s+)?(?!(?:column|constraint|index|key|primary|foreign|check|partition|default|not|if)\b)["`[\w]|^\s+drop\s+(?:if\s+exists\s+)?["`[]?\w+["`\]]?\s*[,;]?$/i;

/**
 * A column of another type, in SQL, Rails, Sequelize, Alembic, Laravel and Entity Framework. Django's `AlterField` and
 * MySQL's `MODIFY` say the whole column again, mostly for the sake of something else in it.
 */
const TYPE_CHANGED =
  /\balter\s+(?:column\s+)?\S+\s+(?:set\s+data\s+)?type\s+\w|\bchange_column\b(?!_)|\bchangeColumn\s*\(|\balter_column\b.*[(,\s]type_\s*=|^\s*type_\s*=|\bAlterColumn\s*<|\bmodifyDataType\b/i;

/** Where the way back begins: what stands below undoes, and is no part of the decision. */
const WAY_BACK =
  /\bdef\s+(?:down|downgrade)\b|\bvoid\s+Down\b|\bexports\.down\b|\bfunction\s+down\b|\basync\s+down\b|^\s*--\s*\+(?:goose|migrate)\s+Down/;

/** Django writes a model down also where no table comes of it, and lists its name and options on lines of their own. */
const NO_TABLE = /['"](?:proxy|managed)['"]\s*:\s*(?:True|False)/;
const DJANGO_MODEL = /\bCreateModel\b/;
/** How many lines a model's name and options take at most, behind its fields. */
const MODEL_LINES = 80;

/** What one migration does to the schema, its gravest part first; `null` where it does nothing. */
export function migrationOf(
  added: readonly Line[],
): { trigger: TriggerName; because: string; line: Line | undefined } | null {
  const forth = beforeWayBack(added);
  const table = forth.find((line, index) => NEW_TABLE.test(line.text) && isTable(forth, index));
  if (table) return { trigger: 'database-table', because: 'the database schema: a new table', line: table };
  const dropped = find(forth, DROPPED);
  if (dropped) return { trigger: 'database-destructive', because: 'the database schema: a table goes', line: dropped };
  const changed = find(forth, RENAMED) ?? find(forth, TYPE_CHANGED);
  if (changed) {
    const because = 'the database schema: a table or column gets another name or type';
    return { trigger: 'database-destructive', because, line: changed };
  }
  const column = find(forth, COLUMN_DROPPED) ?? find(forth, COLUMN_DROPPED_BRIEFLY);
  if (column) {
    return { trigger: 'database-column-lost', because: 'the database schema: a column goes', line: column };
  }
  return forth.length > 0 ? { trigger: 'database-migration', because: 'the database schema', line: forth[0] } : null;
}

/** False for a model that shares another one's table, and for the shadow of one that only keeps its history. */
function isTable(lines: readonly Line[], index: number): boolean {
  if (!DJANGO_MODEL.test(lines[index]?.text ?? '')) return true;
  const behind = lines.slice(index + 1, index + 1 + MODEL_LINES);
  const next = behind.findIndex(({ text }) => /\bmigrations\.\w+\(/.test(text));
  const own = next < 0 ? behind : behind.slice(0, next);
  const isShadow = own.slice(0, 1).some(({ text }) => /name\s*=\s*['"]Historical[A-Z]/.test(text));
  return !isShadow && !own.some(({ text }) => NO_TABLE.test(text));
}

function find(lines: readonly Line[], pattern: RegExp): Line | undefined {
  return lines.find(({ text }) => pattern.test(text));
}

function beforeWayBack(lines: readonly Line[]): readonly Line[] {
  const back = lines.findIndex(({ text }) => WAY_BACK.test(text));
  return back < 0 ? lines : lines.slice(0, back);
}

/** True for the other half of a migration: `0002_owners.down.sql`, and Diesel's `down.sql`. It undoes, and decides nothing. */
export function isWayBack({ name }: Place): boolean {
  return /(?:^|[._-])down\.sql$/.test(name);
}

/** True for a database migration by the conventions of its tool. */
export function isMigration({ name, folders }: Place): boolean {
  if (!MIGRATION_NAME.test(name) || MIGRATION_TEST.test(name) || /^(?:index|__init__|mod|env)\.[^.]+$/.test(name))
    return false;
  // Entity Framework rewrites its picture of the whole schema at every migration.
  if (name.endsWith('modelsnapshot.cs') || name.endsWith('.designer.cs')) return false;
  if (folders.includes('migrations')) return true;
  if (/^v\d[\d._]*__.+\.sql$/.test(name)) return true;
  return (
    follows(folders, 'db', ['migrate', 'migration', 'changelog']) ||
    follows(folders, 'database', ['migrate', 'migration', 'changelog']) ||
    follows(folders, 'alembic', ['versions'])
  );
}

/**
 * True for `0001_init.sql` wherever it stands, as in Drizzle's own folder: perhaps a migration. A report or a dump may have
 * such a name, too, so only what it does to the schema tells.
 */
export function maybeMigration({ name }: Place): boolean {
  return /^\d{3,}[_-].+\.sql$/.test(name);
}
