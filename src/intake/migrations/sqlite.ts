/**
 * The schema of the SQLite store, step by step; the version of a database is how many of them it has seen. Forward only:
 * what was released is never edited, a change is a further step. Times are milliseconds since 1970.
 */
export const SQLITE_MIGRATIONS: readonly string[] = [
  `
  CREATE TABLE delivery (
    id TEXT PRIMARY KEY,
    received_at INTEGER NOT NULL DEFAULT (unixepoch() * 1000)
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX delivery_by_age ON delivery (received_at);

  CREATE TABLE work (
    key TEXT PRIMARY KEY,
    installation INTEGER NOT NULL,
    work TEXT NOT NULL,
    due_at INTEGER,
    sequence INTEGER NOT NULL,
    token INTEGER,
    held_until INTEGER,
    failures INTEGER NOT NULL DEFAULT 0,
    rechecks INTEGER NOT NULL DEFAULT 0,
    dead INTEGER NOT NULL DEFAULT 0,
    free_at INTEGER GENERATED ALWAYS AS (CASE WHEN token IS NULL THEN due_at ELSE held_until END) STORED
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX work_by_turn ON work (installation, free_at) WHERE free_at IS NOT NULL;

  CREATE TABLE turn (
    installation INTEGER PRIMARY KEY,
    served INTEGER NOT NULL DEFAULT 0,
    held_off_until INTEGER NOT NULL DEFAULT 0
  ) STRICT;

  CREATE TABLE leader (name TEXT PRIMARY KEY, holder TEXT NOT NULL, until INTEGER NOT NULL) STRICT;

  CREATE TABLE cursor (name TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT;
  `,
  `
  CREATE TABLE tick_fact (
    key TEXT NOT NULL,
    delivery TEXT NOT NULL,
    fact TEXT NOT NULL,
    received_at INTEGER NOT NULL DEFAULT (unixepoch() * 1000),
    PRIMARY KEY (key, delivery)
  ) STRICT;
  CREATE INDEX tick_fact_by_age ON tick_fact (received_at);
  `,
  'ALTER TABLE work ADD COLUMN delivery TEXT',
];
