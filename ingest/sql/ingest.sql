-- name: make_incoming
-- Where a batch lands before what is new in it goes to its place.
CREATE TEMPORARY TABLE IF NOT EXISTS incoming (
  datastream_id int, phenomenon_time timestamptz, result double precision, quality smallint,
  received_at timestamptz, boot_id int, seq bigint, ordinal int
) ON COMMIT DELETE ROWS

-- name: make_room
-- Partitions for observations of these times, where they are missing.
SELECT make_room(t, t) FROM unnest(%(times)s::timestamptz[]) AS t

-- name: copy_incoming
-- A batch, in PostgreSQL's binary form.
COPY incoming FROM STDIN (FORMAT BINARY)

-- name: store_incoming
-- What is new in the batch; an observation that is stored already is left as it is.
INSERT INTO observation
  (datastream_id, phenomenon_time, result, quality, received_at, boot_id, seq, ordinal)
SELECT datastream_id, phenomenon_time, result, quality, received_at, boot_id, seq, ordinal
FROM incoming
ON CONFLICT DO NOTHING

-- name: update_latest
-- The newest observation of each datastream, by phenomenon time.
INSERT INTO datastream_latest (datastream_id, phenomenon_time, result, quality, received_at)
SELECT DISTINCT ON (datastream_id) datastream_id, phenomenon_time, result, quality, received_at
FROM incoming
ORDER BY datastream_id, phenomenon_time DESC, seq DESC, ordinal DESC
ON CONFLICT (datastream_id) DO UPDATE
SET phenomenon_time = excluded.phenomenon_time, result = excluded.result,
    quality = excluded.quality, received_at = excluded.received_at
WHERE excluded.phenomenon_time >= datastream_latest.phenomenon_time

-- name: seen
-- When we last heard of these devices.
UPDATE thing SET last_seen = v.at
FROM unnest(%(ids)s::int[], %(ats)s::timestamptz[]) AS v (id, at)
WHERE thing.id = v.id AND thing.last_seen IS DISTINCT FROM v.at

-- name: heard
-- A device that tells no status is online while it is heard; those for whom that is new.
UPDATE thing SET state = 'online', state_note = NULL
WHERE id = ANY (%(ids)s) AND state_at IS NULL AND state <> 'online'
RETURNING id

-- name: not_heard
-- Devices that tell no status, and have missed three results and a minute.
UPDATE thing SET state = 'lost', state_note = 'it tells no status, and is not heard any more'
WHERE state = 'online' AND state_at IS NULL
  AND last_seen < now() - make_interval(secs => greatest(60, 3 * coalesce(
    (SELECT max(d.period_s) FROM datastream d WHERE d.thing_id = thing.id AND NOT d.retired), 0)))
RETURNING id

-- name: set_state
-- What a device (or the broker, for it) says of its state.
UPDATE thing SET state = %(state)s, state_note = %(note)s, state_at = %(at)s WHERE id = %(id)s

-- name: insert_event
-- A happening a device told of.
INSERT INTO thing_event (thing_id, boot_id, seq, phenomenon_time, event, note, received_at)
VALUES (%(thing_id)s, %(boot_id)s, %(seq)s, %(time)s, %(event)s, %(note)s, %(received_at)s)
ON CONFLICT DO NOTHING

-- name: quarantine
-- A refused message, as it came, with why.
INSERT INTO quarantine
  (received_at, topic, reason, detail, payload, stream, log_seq, thing_id, count)
VALUES
  (%(received_at)s, %(topic)s, %(reason)s, %(detail)s, %(payload)s, %(stream)s, %(log_seq)s,
   %(thing_id)s, %(count)s)
ON CONFLICT DO NOTHING

-- name: first_copy
-- One row where this message, which tells no time, has not come before.
INSERT INTO untimed_message (boot_id, seq, arrived)
VALUES (%(boot_id)s, %(seq)s, %(arrived)s)
ON CONFLICT DO NOTHING
