-- A database as Composure left it when it kept what events tell of ticks. Never edited: what was released is what users have.
CREATE SCHEMA composure;
CREATE TABLE composure.schema_version (version integer NOT NULL);
INSERT INTO composure.schema_version VALUES (2);
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
CREATE TABLE composure.tick_fact (
  key text NOT NULL,
  delivery text NOT NULL,
  fact jsonb NOT NULL,
  arrived bigint NOT NULL DEFAULT nextval('composure.count'),
  received_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (key, delivery)
);
CREATE INDEX tick_fact_by_age ON composure.tick_fact (received_at);
SELECT setval('composure.count', 7);

INSERT INTO composure.delivery (id, received_at) VALUES ('5f2c1c8e-0000-4000-8000-000000000001', now());
INSERT INTO composure.turn VALUES (100, 7, 0), (200, 3, 4102444800000);
INSERT INTO composure.work (key, installation, work, due_at, sequence, token, held_until, failures, rechecks, dead) VALUES
  ('100/acme/widgets#1', 100, '{"kind":"pull-request","installation":100,"owner":"acme","repo":"widgets","number":1}', 1700000000000, 1, NULL, NULL, 2, 0, false),
  ('100/acme/widgets#2', 100, '{"kind":"pull-request","installation":100,"owner":"acme","repo":"widgets","number":2}', NULL, 2, 7, 1700000000000, 0, 1, false),
  ('100/acme/widgets#3', 100, '{"kind":"pull-request","installation":100,"owner":"acme","repo":"widgets","number":3}', NULL, 3, NULL, NULL, 5, 0, true),
  ('200/globex/gadgets#4', 200, '{"kind":"pull-request","installation":200,"owner":"globex","repo":"gadgets","number":4}', 1700000000000, 4, NULL, NULL, 0, 0, false);
INSERT INTO composure.leader VALUES ('reconciler', 'a process that is gone', 1700000000000);
INSERT INTO composure.cursor VALUES ('reconciled', '1700000000000');
INSERT INTO composure.tick_fact (key, delivery, fact) VALUES
  ('100/acme/widgets#1', '5f2c1c8e-0000-4000-8000-000000000001', '{"comment":31,"by":{"id":5,"login":"carol","kind":"user","association":"NONE"},"at":"2026-11-20T12:00:00Z","receivedAt":"2026-11-20T12:00:01.000Z","head":null,"boxes":[{"item":"code/naming","from":false,"to":true}],"before":"a","after":"b"}');
