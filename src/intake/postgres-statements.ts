/** GitHub Enterprise Server delivers again for seven days, github.com for three. */
const REMEMBERED_DAYS = 8;

/** What a replica tells the others when there may be work. */
export const CHANNEL = 'composure_work';

/**
 * The database's own clock, in milliseconds since 1970. Leases are measured by it alone: replicas whose clocks differ
 * would take work from each other.
 */
const CLOCK = '(extract(epoch FROM clock_timestamp()) * 1000)::bigint';

const MARK = `
  ON CONFLICT (key) DO UPDATE SET
    work = excluded.work,
    delivery = coalesce(excluded.delivery, work.delivery),
    -- Counted here, under the row's lock, so that of two marks the later one has the higher number.
    sequence = nextval('composure.count'),
    due_at = least(work.due_at, excluded.due_at),
    failures = CASE WHEN work.dead THEN 0 ELSE work.failures END,
    rechecks = 0,
    dead = false`;

/**
 * The statements of the PostgreSQL store. Each is one transaction by itself. Rows are locked in one order everywhere
 * (deliveries, works by key, turns), so that none waits for another in a circle.
 */
export const STATEMENTS = {
  /**
   * $1: deliveries, `[{ id, marks: [{ key, installation, work, dueAt }], facts: [{ key, fact }] }]`. The ids that were new. Two deliveries may
   * mark the same key, and a row can be written only once in a statement, so marks are put together first.
   */
  accept: `
    WITH arrived AS (
      SELECT DISTINCT ON (id) id, marks, facts
      FROM jsonb_to_recordset($1) AS one (id text, marks jsonb, facts jsonb) ORDER BY id
    ), fresh AS (
      INSERT INTO composure.delivery (id) SELECT id FROM arrived ORDER BY id ON CONFLICT DO NOTHING RETURNING id
    ), marked AS (
      SELECT mark.key, mark.installation, (array_agg(mark.work))[1] AS work, min(mark."dueAt") AS due_at, max(id) AS delivery
      FROM fresh JOIN arrived USING (id),
        jsonb_to_recordset(arrived.marks) AS mark (key text, installation bigint, work jsonb, "dueAt" bigint)
      GROUP BY mark.key, mark.installation
    ), told AS (
      INSERT INTO composure.tick_fact (key, delivery, fact)
      SELECT told.key, id, told.fact
      FROM fresh JOIN arrived USING (id), jsonb_to_recordset(arrived.facts) AS told (key text, fact jsonb)
      ON CONFLICT DO NOTHING
    ), turned AS (
      INSERT INTO composure.turn (installation) SELECT DISTINCT installation FROM marked ORDER BY 1 ON CONFLICT DO NOTHING
    ), noted AS (
      INSERT INTO composure.work AS work (key, installation, work, due_at, sequence, delivery)
      SELECT key, installation, work, due_at, nextval('composure.count'), delivery FROM marked ORDER BY key
      ${MARK} RETURNING 1
    )
    SELECT id, (SELECT count(*) FROM noted) AS marks FROM fresh`,

  readFacts: 'SELECT delivery, fact FROM composure.tick_fact WHERE key = $1 ORDER BY arrived',

  /** $1: a key, $2: deliveries. */
  forgetFacts: 'DELETE FROM composure.tick_fact WHERE key = $1 AND delivery = ANY ($2)',

  accepted: 'SELECT id FROM composure.delivery WHERE id = ANY ($1)',

  /** $1: marks, `[{ key, installation, work, dueAt, delivery }]`, each key once. */
  mark: `
    WITH marked AS (
      SELECT * FROM jsonb_to_recordset($1)
        AS mark (key text, installation bigint, work jsonb, "dueAt" bigint, delivery text)
    ), turned AS (
      INSERT INTO composure.turn (installation) SELECT DISTINCT installation FROM marked ORDER BY 1 ON CONFLICT DO NOTHING
    )
    INSERT INTO composure.work AS work (key, installation, work, due_at, sequence, delivery)
    SELECT key, installation, work, "dueAt", nextval('composure.count'), delivery FROM marked ORDER BY key
    ${MARK}`,

  /**
   * $1: now, $2: the lease in milliseconds, $3: installations left out. A lease ends by the database's clock, a mark is
   * due by the caller's. That its hand vanished counts as a failure: work that kills its worker must not do so for ever.
   */
  claim: `
    WITH free AS (
      SELECT candidate.key, turn.installation
      FROM composure.turn, LATERAL (
        SELECT key FROM composure.work
        WHERE installation = turn.installation AND free_at <= greatest($1, ${CLOCK})
          AND free_at <= CASE WHEN token IS NULL THEN $1 ELSE ${CLOCK} END
        ORDER BY free_at LIMIT 1 FOR UPDATE SKIP LOCKED
      ) AS candidate
      WHERE held_off_until <= $1 AND installation <> ALL ($3::bigint[])
      ORDER BY served LIMIT 1
    ), taken AS (
      UPDATE composure.work SET
        failures = failures + (token IS NOT NULL)::integer, token = nextval('composure.count'),
        held_until = ${CLOCK} + $2, due_at = NULL
      FROM free WHERE work.key = free.key
      RETURNING work.key, work.work, sequence, token, failures, rechecks, delivery
    ), served AS (
      UPDATE composure.turn SET served = taken.token FROM taken, free WHERE turn.installation = free.installation
    )
    SELECT * FROM taken`,

  /** $1: keys, $2: their tokens, $3: the lease in milliseconds. */
  heartbeat: `
    UPDATE composure.work SET held_until = ${CLOCK} + $3
    FROM unnest($1::text[], $2::bigint[]) AS held (key, token)
    WHERE work.key = held.key AND work.token = held.token
    RETURNING work.token`,

  /** A lease that is over may be another's at any moment, so it does not count as ours. */
  isCurrent: `
    SELECT 1 FROM composure.work WHERE key = $1 AND token = $2 AND sequence = $3 AND held_until > ${CLOCK}`,

  remove: 'DELETE FROM composure.work WHERE key = $1 AND token = $2 AND due_at IS NULL',

  /** $3: whether it is given up; not where it was marked meanwhile. */
  done: `
    UPDATE composure.work SET token = NULL, failures = 0, rechecks = 0, dead = $3 AND due_at IS NULL
    WHERE key = $1 AND token = $2`,

  /** $3: due at, $4: why. */
  again: `
    UPDATE composure.work SET token = NULL, sequence = nextval('composure.count'), due_at = least(due_at, $3),
      failures = CASE $4 WHEN 'failed' THEN failures + 1 ELSE 0 END,
      rechecks = CASE $4 WHEN 'missing' THEN rechecks + 1 ELSE 0 END
    WHERE key = $1 AND token = $2`,

  /** $3: until when the installation of this work is left alone. */
  heldOff: `
    WITH released AS (
      UPDATE composure.work SET token = NULL, due_at = least(due_at, $3) WHERE key = $1 AND token = $2
      RETURNING installation
    )
    UPDATE composure.turn SET held_off_until = greatest(held_off_until, $3)
    FROM released WHERE turn.installation = released.installation`,

  /** $1: installations left out. */
  nextDueAt: `
    SELECT min(greatest(free_at, held_off_until)) AS next FROM composure.work JOIN composure.turn USING (installation)
    WHERE free_at IS NOT NULL AND installation <> ALL ($1::bigint[])`,

  /** $1: the installation, $2: due at. */
  revive: `
    UPDATE composure.work SET dead = false, failures = 0, due_at = $2, sequence = nextval('composure.count')
    WHERE dead AND installation = $1`,

  /** $1: name, $2: holder, $3: the lease in milliseconds. */
  lead: `
    INSERT INTO composure.leader AS leader (name, holder, until) VALUES ($1, $2, ${CLOCK} + $3)
    ON CONFLICT (name) DO UPDATE SET holder = excluded.holder, until = excluded.until
    WHERE leader.holder = excluded.holder OR leader.until <= ${CLOCK}`,

  stepDown: 'DELETE FROM composure.leader WHERE name = $1 AND holder = $2',

  readCursor: 'SELECT value FROM composure.cursor WHERE name = $1',

  writeCursor: `
    INSERT INTO composure.cursor (name, value) VALUES ($1, $2) ON CONFLICT (name) DO UPDATE SET value = excluded.value`,

  /** $1: now. */
  stats: `
    SELECT
      count(*) FILTER (WHERE token IS NULL AND due_at IS NOT NULL) AS waiting,
      count(*) FILTER (WHERE token IS NULL AND due_at <= $1) AS due,
      min(due_at) FILTER (WHERE token IS NULL AND due_at <= $1) AS oldest,
      count(token) AS claimed,
      count(*) FILTER (WHERE dead) AS dead
    FROM composure.work`,

  prune: `DELETE FROM composure.delivery WHERE received_at < now() - interval '${REMEMBERED_DAYS} days'`,

  pruneFacts: `DELETE FROM composure.tick_fact WHERE received_at < now() - interval '${REMEMBERED_DAYS} days'`,

  /** $1: what no hold is later than. */
  pruneHolds: 'UPDATE composure.turn SET held_off_until = 0 WHERE held_off_until > $1',

  notify: `SELECT pg_notify('${CHANNEL}', '')`,
} as const;
