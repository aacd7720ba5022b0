-- name: things
-- Devices with their datastreams and newest results; all, or those of these ids.
SELECT t.*, (
  SELECT jsonb_agg(jsonb_build_object(
    'id', d.id, 'name', d.name, 'observed_property', d.observed_property, 'unit', d.unit,
    'period_s', d.period_s, 'range_low', d.range_low, 'range_high', d.range_high,
    'latest_time', l.phenomenon_time, 'latest_result', l.result, 'latest_quality', l.quality
  ) ORDER BY d.name)
  FROM datastream d LEFT JOIN datastream_latest l ON l.datastream_id = d.id
  WHERE d.thing_id = t.id AND NOT d.retired
) AS datastreams
FROM thing t
WHERE %(ids)s::int[] IS NULL OR t.id = ANY (%(ids)s)
ORDER BY t.site, t.name

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
SELECT id, received_at, topic, reason, detail, length(payload) AS size
FROM quarantine ORDER BY id DESC LIMIT %(limit)s

-- name: quarantine_counts
-- Refused messages by reason.
SELECT reason, count(*) AS n FROM quarantine GROUP BY 1
