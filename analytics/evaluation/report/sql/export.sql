-- name: alerts
-- Each time an alert of a camera was raised or raised again, at its phenomenon time.
SELECT a.id::text || CASE WHEN t.kind = 'raised' THEN '' ELSE '/' || t.id::text END AS id,
       coalesce(a.evidence ->> 'situation', a.rule) AS situation, th.site, th.name AS camera,
       coalesce(t.phenomenon_time, t.at) AS raised, a.rule, a.rule_digest,
       coalesce(a.evidence ->> 'detector', '') AS model, a.disposition
FROM alert_transition t
JOIN alert a ON a.id = t.alert_id
JOIN thing th ON th.id = a.thing_id
WHERE t.kind IN ('raised', 'reraised') AND th.frame_rate IS NOT NULL
  AND coalesce(t.phenomenon_time, t.at) >= %(since)s
  AND coalesce(t.phenomenon_time, t.at) < %(until)s
ORDER BY raised, t.id

-- name: checks
-- Moments without an alert that were chosen to be looked at, and what was answered.
SELECT s.id::text AS id, th.site, th.name AS camera, s.begins_at AS begin, s.probability,
       s.answer, coalesce(s.situation, '') AS situation,
       coalesce(s.began_before, false) AS began_before
FROM spot_check s JOIN thing th ON th.id = s.thing_id
WHERE s.ready_at IS NOT NULL AND s.begins_at >= %(since)s AND s.begins_at < %(until)s
ORDER BY s.id

-- name: misses
-- What operators reported of which no alert told.
SELECT m.id::text AS id, m.situation, th.site, th.name AS camera, m.happened_at AS at
FROM miss_report m JOIN thing th ON th.id = m.thing_id
WHERE m.happened_at >= %(since)s AND m.happened_at < %(until)s
ORDER BY m.id

-- name: watched
-- When cameras were watched, as far as it touches the span.
SELECT th.site, th.name AS camera, greatest(w.begins_at, %(since)s) AS begin,
       least(w.ends_at, %(until)s) AS end, w.frames, w.detector AS model, w.rules
FROM watch_spell w JOIN thing th ON th.id = w.thing_id
WHERE w.ends_at > %(since)s AND w.begins_at < %(until)s
ORDER BY w.begins_at, th.site, th.name

-- name: written_down
-- Whether it was written down by then when cameras are watched.
SELECT FROM schema_migration WHERE number = 8 AND applied_at <= %(since)s
