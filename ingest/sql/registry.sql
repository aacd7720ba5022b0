-- name: all_things
-- Every announced device.
SELECT id, site, name, clock FROM thing

-- name: all_datastreams
-- Every datastream a device announces now.
SELECT id, thing_id, name, range_low, range_high FROM datastream WHERE NOT retired

-- name: upsert_thing
-- A device as it announces itself.
-- A new one begins in the sandbox, unless it is enlisted.
INSERT INTO thing (site, name, title, kind, latitude, longitude, clock, frame_rate, announced_at,
                   announce_digest, stage, staged_at, staged_by)
SELECT %(site)s, %(name)s, %(title)s, %(kind)s, %(latitude)s, %(longitude)s, %(clock)s,
       %(frame_rate)s, %(announced_at)s, %(announce_digest)s,
       CASE WHEN e.by IS NULL THEN %(first_stage)s ELSE 'field' END, e.at, e.by
FROM (VALUES (true)) AS one LEFT JOIN enlisted e ON e.site = %(site)s AND e.name = %(name)s
ON CONFLICT (site, name) DO UPDATE
SET title = excluded.title, kind = excluded.kind, latitude = excluded.latitude,
    longitude = excluded.longitude, clock = excluded.clock, frame_rate = excluded.frame_rate,
    announced_at = excluded.announced_at, announce_digest = excluded.announce_digest
RETURNING id

-- name: upsert_datastream
-- A datastream as its device announces it.
INSERT INTO datastream
  (thing_id, name, observed_property, unit, range_low, range_high, period_s, interval_s)
VALUES
  (%(thing_id)s, %(name)s, %(observed_property)s, %(unit)s, %(range_low)s, %(range_high)s,
   %(period_s)s, %(interval_s)s)
ON CONFLICT (thing_id, name) DO UPDATE
SET observed_property = excluded.observed_property, unit = excluded.unit,
    range_low = excluded.range_low, range_high = excluded.range_high,
    period_s = excluded.period_s, interval_s = excluded.interval_s, retired = false
RETURNING id

-- name: retire_datastreams
-- Datastreams the device no longer announces.
UPDATE datastream SET retired = true
WHERE thing_id = %(thing_id)s AND NOT retired AND name <> ALL (%(kept)s)

-- name: upsert_boot
-- A boot id's number.
INSERT INTO boot (thing_id, boot) VALUES (%(thing_id)s, %(boot)s)
ON CONFLICT (thing_id, boot) DO UPDATE SET boot = excluded.boot
RETURNING id
