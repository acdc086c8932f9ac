/**
 * The schema of the PostgreSQL store, step by step; the table `schema_version` says how many of them a database has
 * seen. Forward only: what was released is never edited, a change is a further step. Times are milliseconds since 1970.
 */
export const POSTGRES_MIGRATIONS: readonly string[] = [
  `
  CREATE SEQUENCE composure.count;

  CREATE TABLE composure.delivery (
    id text PRIMARY KEY,
    received_at timestamptz NOT NULL DEFAULT now()
  );
  CREATE INDEX delivery_by_age ON composure.delivery (received_at);

  CREATE TABLE composure.work (
    key text PRIMARY KEY,
    installation bigint NOT NULL,
    work jsonb NOT NULL,
    due_at bigint,
    sequence bigint NOT NULL,
    token bigint,
    held_until bigint,
    failures integer NOT NULL DEFAULT 0,
    rechecks integer NOT NULL DEFAULT 0,
    dead boolean NOT NULL DEFAULT false,
    free_at bigint GENERATED ALWAYS AS (CASE WHEN token IS NULL THEN due_at ELSE held_until END) STORED
  ) WITH (fillfactor = 70, autovacuum_vacuum_scale_factor = 0.05);
  CREATE INDEX work_by_turn ON composure.work (installation, free_at) WHERE free_at IS NOT NULL;

  CREATE TABLE composure.turn (
    installation bigint PRIMARY KEY,
    served bigint NOT NULL DEFAULT 0,
    held_off_until bigint NOT NULL DEFAULT 0
  ) WITH (fillfactor = 50);

  CREATE TABLE composure.leader (name text PRIMARY KEY, holder text NOT NULL, until bigint NOT NULL);

  CREATE TABLE composure.cursor (name text PRIMARY KEY, value text NOT NULL);
  `,
  `
  CREATE TABLE composure.tick_fact (
    key text NOT NULL,
    delivery text NOT NULL,
    fact jsonb NOT NULL,
    arrived bigint NOT NULL DEFAULT nextval('composure.count'),
    received_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (key, delivery)
  );
  CREATE INDEX tick_fact_by_age ON composure.tick_fact (received_at);
  `,
  'ALTER TABLE composure.work ADD COLUMN delivery text',
];
