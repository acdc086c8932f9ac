import { INFRASTRUCTURE, WORKLOAD } from './declared/infrastructure.ts';
import { INTERFACES } from './declared/interfaces.ts';
import type { Kind, Seen } from './declared/kind.ts';
import { PACKAGES } from './declared/packages.ts';
import type { ChangedSource } from './lines.ts';
import { isMigration, isWayBack, maybeMigration, migrationOf } from './migrations.ts';
import { isInDocs } from './places.ts';
import type { Signal } from './signal.ts';

const WAY_BACK: Kind = { is: isWayBack, says: () => null };

const MIGRATION: Kind = {
  is: isMigration,
  says: ({ added, isUnread }) =>
    isUnread ? { trigger: 'database-table', because: 'the database schema', line: undefined } : migrationOf(added),
};

const NUMBERED_SQL: Kind = {
  is: maybeMigration,
  says: ({ added }) => {
    const does = migrationOf(added);
    return does?.trigger === 'database-migration' ? null : does;
  },
};

/** A file is of the first kind that knows it. */
const KINDS: readonly Kind[] = [
  WAY_BACK,
  MIGRATION,
  NUMBERED_SQL,
  ...INTERFACES,
  ...INFRASTRUCTURE,
  ...PACKAGES,
  WORKLOAD,
];

/** Triggers that a file's place and content make unmistakable: interfaces, schemas, infrastructure, new packages. */
export function findDeclared(change: ChangedSource): Signal[] {
  const { file, place, aside } = change;
  const kinds = aside ? (isInDocs(place) ? INTERFACES : []) : KINDS;
  const said = kinds.find(({ is }) => is(place))?.says(seenIn(change));
  if (!said) return [];
  const { trigger, because, line } = said;
  return [{ trigger, because, path: file.path, line: file.status === 'removed' ? null : (line?.line ?? null) }];
}

function seenIn({ file, place, added, removed }: ChangedSource): Seen {
  const edits = [...added, ...removed];
  const isNew = file.status === 'added';
  const isUnread = file.patch !== 'text';
  const isWhole = isUnread || isNew || file.status === 'removed';
  return { file, place, added, removed, edits, first: edits[0], isNew, isWhole, isUnread };
}
