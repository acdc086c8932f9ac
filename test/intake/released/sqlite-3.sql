-- A database as Composure left it whose work names its delivery. Never edited: what was released is what users have.
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

CREATE TABLE tick_fact (
  key TEXT NOT NULL,
  delivery TEXT NOT NULL,
  fact TEXT NOT NULL,
  received_at INTEGER NOT NULL DEFAULT (unixepoch() * 1000),
  PRIMARY KEY (key, delivery)
) STRICT;
CREATE INDEX tick_fact_by_age ON tick_fact (received_at);
ALTER TABLE work ADD COLUMN delivery TEXT;

INSERT INTO delivery (id, received_at) VALUES ('5f2c1c8e-0000-4000-8000-000000000001', unixepoch() * 1000);
INSERT INTO turn VALUES (100, 7, 0), (200, 3, 4102444800000);
INSERT INTO work (key, installation, work, due_at, sequence, token, held_until, failures, rechecks, dead, delivery) VALUES
  ('100/acme/widgets#1', 100, '{"kind":"pull-request","installation":100,"owner":"acme","repo":"widgets","number":1}', 1700000000000, 1, NULL, NULL, 2, 0, 0, '5f2c1c8e-0000-4000-8000-000000000001'),
  ('100/acme/widgets#2', 100, '{"kind":"pull-request","installation":100,"owner":"acme","repo":"widgets","number":2}', NULL, 2, 7, 1700000000000, 0, 1, 0, NULL),
  ('100/acme/widgets#3', 100, '{"kind":"pull-request","installation":100,"owner":"acme","repo":"widgets","number":3}', NULL, 3, NULL, NULL, 5, 0, 1, NULL),
  ('200/globex/gadgets#4', 200, '{"kind":"pull-request","installation":200,"owner":"globex","repo":"gadgets","number":4}', 1700000000000, 4, NULL, NULL, 0, 0, 0, NULL);
INSERT INTO leader VALUES ('reconciler', 'a process that is gone', 1700000000000);
INSERT INTO cursor VALUES ('reconciled', '1700000000000');
PRAGMA user_version = 3;
INSERT INTO tick_fact (key, delivery, fact) VALUES
  ('100/acme/widgets#1', '5f2c1c8e-0000-4000-8000-000000000001', '{"comment":31,"by":{"id":5,"login":"carol","kind":"user","association":"NONE"},"at":"2026-11-20T12:00:00Z","receivedAt":"2026-11-20T12:00:01.000Z","head":null,"boxes":[{"item":"code/naming","from":false,"to":true}],"before":"a","after":"b"}');
