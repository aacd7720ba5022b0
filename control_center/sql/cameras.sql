-- name: camera_keys
-- Which devices are cameras.
SELECT id, site, name FROM thing WHERE frame_rate IS NOT NULL

-- name: cameras
-- Cameras with their open alerts and the newest revision of their site view; all, or one.
SELECT t.id, t.site, t.name, t.title, t.kind, t.latitude, t.longitude, t.clock, t.frame_rate,
  t.state, t.last_seen, t.stage, v.number AS site_view, v.areas, (
  SELECT count(*) FROM alert a WHERE a.thing_id = t.id AND a.resolved_at IS NULL
) AS open_alerts
FROM thing t
LEFT JOIN LATERAL (
  SELECT number, coalesce(jsonb_array_length(drawing -> 'areas'), 0) AS areas
  FROM site_view WHERE thing_id = t.id ORDER BY number DESC LIMIT 1
) v ON true
WHERE t.frame_rate IS NOT NULL AND (%(id)s::int IS NULL OR t.id = %(id)s)
ORDER BY t.site, t.name

-- name: alerts_of
-- A camera's alerts, open ones first, then the newest.
SELECT a.*, t.site, t.name AS thing_name, t.title AS thing_title, t.kind, t.latitude,
       t.longitude, t.clock, d.name AS datastream_name, d.observed_property, d.unit
FROM alert a
JOIN thing t ON t.id = a.thing_id
LEFT JOIN datastream d ON d.id = a.datastream_id
WHERE a.thing_id = %(id)s
ORDER BY a.resolved_at IS NOT NULL, a.id DESC
LIMIT %(limit)s
