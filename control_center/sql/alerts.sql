-- name: last_event_id
-- The newest transition.
SELECT coalesce(max(id), 0) AS id FROM alert_transition

-- name: transitions_after
-- Transitions not seen yet, oldest first, each with its alert as it is now.
SELECT x.id AS transition_id, x.kind AS transition_kind, a.*,
       t.site, t.name AS thing_name, t.title AS thing_title, t.kind, t.latitude, t.longitude,
       t.clock, d.name AS datastream_name, d.observed_property, d.unit
FROM alert_transition x
JOIN alert a ON a.id = x.alert_id
JOIN thing t ON t.id = a.thing_id
LEFT JOIN datastream d ON d.id = a.datastream_id
WHERE x.id > %(after)s
ORDER BY x.id
LIMIT %(limit)s

-- name: alerts
-- Alerts, the most recent first; open ones only, or all.
SELECT a.*, t.site, t.name AS thing_name, t.title AS thing_title, t.kind, t.latitude,
       t.longitude, t.clock, d.name AS datastream_name, d.observed_property, d.unit
FROM alert a
JOIN thing t ON t.id = a.thing_id
LEFT JOIN datastream d ON d.id = a.datastream_id
WHERE (%(all)s OR a.resolved_at IS NULL)
  AND (%(before)s::bigint IS NULL OR a.id < %(before)s)
ORDER BY a.id DESC
LIMIT %(limit)s

-- name: alert
-- One alert.
SELECT a.*, t.site, t.name AS thing_name, t.title AS thing_title, t.kind, t.latitude,
       t.longitude, t.clock, d.name AS datastream_name, d.observed_property, d.unit,
       d.period_s, d.interval_s
FROM alert a
JOIN thing t ON t.id = a.thing_id
LEFT JOIN datastream d ON d.id = a.datastream_id
WHERE a.id = %(id)s

-- name: also_seen
-- The other alerts of an incident, as it went on; they were raised about when this one was.
SELECT a.*, t.site, t.name AS thing_name, t.title AS thing_title, t.kind, t.latitude,
       t.longitude, t.clock, d.name AS datastream_name, d.observed_property, d.unit
FROM alert a
JOIN thing t ON t.id = a.thing_id
LEFT JOIN datastream d ON d.id = a.datastream_id
WHERE a.id BETWEEN %(id)s - 2000 AND %(id)s + 2000 AND a.id <> %(id)s
  AND a.evidence ->> 'incident' = %(incident)s
ORDER BY a.onset, a.id
LIMIT 50

-- name: transitions_of
-- The life of one alert.
SELECT id, kind, at, actor, note, phenomenon_time FROM alert_transition WHERE alert_id = %(id)s ORDER BY id

-- name: images_of
-- An alert's pictures, without their pixels.
SELECT id, taken_at, width, height, boxes, zone, detector
FROM evidence_image WHERE alert_id = %(id)s AND expires_at > now() ORDER BY id

-- name: image
-- A picture.
SELECT jpeg, alert_id FROM evidence_image WHERE id = %(id)s AND expires_at > now()

-- name: series_around
-- What the datastream observed around the alert, oldest first; the newest if too many.
SELECT phenomenon_time, result FROM (
  SELECT phenomenon_time, result FROM observation
  WHERE datastream_id = %(datastream_id)s AND quality <> 4
    AND phenomenon_time BETWEEN %(earliest)s AND %(latest)s
  ORDER BY phenomenon_time DESC
  LIMIT 3000
) newest ORDER BY phenomenon_time
