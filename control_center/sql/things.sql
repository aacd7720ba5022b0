-- name: things
-- Devices with their newest results, check and refusals; all, or those of these ids.
SELECT t.*, c.at AS check_at, c.grade AS check_grade, c.passed AS check_passed,
  c.announce_digest AS check_announce_digest, (
  SELECT jsonb_agg(jsonb_build_object(
    'id', d.id, 'name', d.name, 'observed_property', d.observed_property, 'unit', d.unit,
    'period_s', d.period_s, 'range_low', d.range_low, 'range_high', d.range_high,
    'latest_time', l.phenomenon_time, 'latest_result', l.result, 'latest_quality', l.quality
  ) ORDER BY d.name)
  FROM datastream d LEFT JOIN datastream_latest l ON l.datastream_id = d.id
  WHERE d.thing_id = t.id AND NOT d.retired
) AS datastreams, (
  SELECT jsonb_agg(jsonb_build_object(
    'reason', r.reason, 'count', r.n, 'at', r.at, 'detail', r.detail
  ) ORDER BY r.n DESC, r.reason)
  FROM (
    SELECT g.*, q.detail FROM (
      SELECT reason, sum(count) AS n, max(received_at) AS at, max(id) AS newest
      FROM quarantine
      WHERE thing_id = t.id AND received_at > now() - interval '1 hour'
      GROUP BY reason
    ) g JOIN quarantine q ON q.id = g.newest
  ) r
) AS refused_last_hour
FROM thing t
LEFT JOIN LATERAL (
  SELECT at, grade, passed, announce_digest FROM thing_check
  WHERE thing_id = t.id ORDER BY id DESC LIMIT 1
) c ON true
WHERE %(ids)s::int[] IS NULL OR t.id = ANY (%(ids)s)
ORDER BY t.site, t.name

-- name: things_refused
-- The devices of which something was refused in the last hour, by reason.
SELECT g.*, q.detail FROM (
  SELECT thing_id, reason, sum(count) AS n, max(received_at) AS at, max(id) AS newest
  FROM quarantine
  WHERE thing_id IS NOT NULL AND received_at > now() - interval '1 hour'
  GROUP BY thing_id, reason
) g JOIN quarantine q ON q.id = g.newest
ORDER BY g.thing_id, g.n DESC, g.reason

-- name: refused_of_thing
-- A device's newest refused messages, without their bytes.
SELECT id, received_at, topic, reason, detail, count, length(payload) AS size
FROM quarantine WHERE thing_id = %(id)s
ORDER BY received_at DESC, id DESC LIMIT %(limit)s

-- name: newest_report
-- What a device's newest check found.
SELECT report FROM thing_check WHERE thing_id = %(id)s ORDER BY id DESC LIMIT 1

-- name: changed_since
-- The devices whose stage or check changed since then.
SELECT id FROM thing WHERE staged_at >= %(since)s
UNION SELECT thing_id FROM thing_check WHERE at >= %(since)s

-- name: datastream
-- Whether there is such a datastream.
SELECT 1 FROM datastream WHERE id = %(id)s

-- name: recent_observations
-- A datastream's last minutes, counted back from its newest result; oldest first.
SELECT phenomenon_time, result FROM (
  SELECT phenomenon_time, result FROM observation
  WHERE datastream_id = %(id)s AND quality <> 4
    AND phenomenon_time > (
      SELECT phenomenon_time FROM datastream_latest WHERE datastream_id = %(id)s
    ) - make_interval(mins => %(minutes)s)
  ORDER BY phenomenon_time DESC
  LIMIT 5000
) newest ORDER BY phenomenon_time

-- name: quarantine
-- Refused messages, newest first, without their bytes.
SELECT id, received_at, topic, reason, detail, count, length(payload) AS size
FROM quarantine ORDER BY id DESC LIMIT %(limit)s

-- name: quarantine_counts
-- Refused messages by reason.
SELECT reason, sum(count) AS n FROM quarantine GROUP BY 1
