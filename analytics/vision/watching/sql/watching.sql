-- name: cameras
-- Those of these devices that have announced themselves.
SELECT t.id, t.site, t.name, t.frame_rate, t.latitude, t.longitude
FROM unnest(%(sites)s::text[], %(names)s::text[]) AS heard (site, name)
JOIN thing t ON t.site = heard.site AND t.name = heard.name

-- name: heard
-- When a frame of a camera last came; not more often than every two seconds.
UPDATE thing t SET last_seen = now() - heard.silence * interval '1 second'
FROM unnest(%(sites)s::text[], %(names)s::text[], %(silences)s::float[])
  AS heard (site, name, silence)
WHERE t.site = heard.site AND t.name = heard.name
  AND coalesce(t.last_seen, '-infinity')
    < now() - heard.silence * interval '1 second' - interval '2 seconds'

-- name: active_alerts
-- What was raised from what cameras see, and holds by what we have told.
SELECT a.key, a.rule, coalesce(a.evidence ->> 'place', '') AS place, t.site, t.name
FROM alert a JOIN thing t ON t.id = a.thing_id
WHERE a.resolved_at IS NULL AND a.active AND EXISTS (
  SELECT FROM alert_transition s
  WHERE s.alert_id = a.id AND s.kind = 'raised' AND s.actor = %(actor)s
)

-- name: open_alert
-- The alert of this key that is not resolved.
SELECT id FROM alert WHERE key = %(key)s AND resolved_at IS NULL

-- name: renew
-- What an active alert says by now; it keeps the frame and the picture it was raised with.
UPDATE alert
SET description = %(description)s, evidence = evidence || %(evidence)s
WHERE key = %(key)s AND resolved_at IS NULL AND active

-- name: keep_spell
-- A camera was watched from then to then; told again while it goes on.
INSERT INTO watch_spell (thing_id, begins_at, ends_at, frames, detector, rules)
VALUES (%(thing)s, %(begin)s, %(end)s, %(frames)s, %(detector)s, %(rules)s)
ON CONFLICT (thing_id, begins_at) DO UPDATE
SET ends_at = greatest(watch_spell.ends_at, excluded.ends_at),
    frames = greatest(watch_spell.frames, excluded.frames)

-- name: keep_crossings
-- How often the wires of a camera were crossed, in place of what was there.
INSERT INTO wire_crossings (thing_id, told)
SELECT t.id, %(told)s FROM thing t WHERE t.site = %(site)s AND t.name = %(name)s
ON CONFLICT (thing_id) DO UPDATE SET told = excluded.told

-- name: kept_crossings
-- What was counted of all cameras until within the last hour: nothing older is told.
SELECT told FROM wire_crossings WHERE (told ->> 'until')::timestamptz > now() - interval '1 hour'
