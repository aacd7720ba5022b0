-- name: next_check
-- The oldest check of this shift nobody has answered, with how its clip is to be shown.
SELECT s.id, s.thing_id, s.begins_at, s.ends_at, t.name, t.title, t.clock, p.offsets
FROM spot_check s
JOIN thing t ON t.id = s.thing_id
JOIN LATERAL (
  SELECT array_agg(extract(epoch FROM taken_at - s.begins_at)::float8 ORDER BY ordinal) AS offsets
  FROM spot_check_picture WHERE check_id = s.id AND expires_at > now()
) p ON p.offsets IS NOT NULL
WHERE s.answer IS NULL AND s.ready_at >= %(shift_began)s
ORDER BY s.moment_at, s.id
LIMIT 1

-- name: shift_counts
-- How many checks of this shift wait, and how many are done.
SELECT count(*) FILTER (WHERE answer IS NULL) AS waiting,
       count(*) FILTER (WHERE answer IS NOT NULL) AS answered
FROM spot_check WHERE ready_at >= %(shift_began)s

-- name: check_picture
-- A picture of a clip.
SELECT jpeg FROM spot_check_picture
WHERE check_id = %(id)s AND ordinal = %(ordinal)s AND expires_at > now()

-- name: check
-- One check.
SELECT id, answer, answered_by FROM spot_check WHERE id = %(id)s

-- name: answer_check
-- What an operator says; the first answer stays.
UPDATE spot_check
SET answer = %(answer)s, situation = %(situation)s, began_before = %(began_before)s,
    note = %(note)s, answered_at = now(), answered_by = %(answered_by)s
WHERE id = %(id)s AND answer IS NULL AND ready_at IS NOT NULL

-- name: camera
-- A camera.
SELECT id FROM thing WHERE id = %(id)s AND frame_rate IS NOT NULL

-- name: insert_miss
-- Something no alert told of.
INSERT INTO miss_report (thing_id, situation, happened_at, note, reported_by)
VALUES (%(thing_id)s, %(situation)s, %(happened_at)s, %(note)s, %(reported_by)s)
RETURNING id

-- name: misses
-- What was reported, the newest first.
SELECT m.id, m.thing_id, t.name, t.title, m.situation, m.happened_at, m.note, m.reported_at,
       m.reported_by
FROM miss_report m JOIN thing t ON t.id = m.thing_id
ORDER BY m.id DESC LIMIT %(limit)s

-- name: judged_alerts
-- Cameras' alerts by situation, and what they turned out to be.
SELECT coalesce(a.evidence ->> 'situation', a.rule) AS situation,
       a.disposition, a.false_reason, count(*) AS n
FROM alert a JOIN thing t ON t.id = a.thing_id
WHERE t.frame_rate IS NOT NULL AND a.raised_at >= %(since)s
GROUP BY 1, 2, 3

-- name: checks_counted
-- Spot checks by answer and by what was missed.
SELECT answer, situation, count(*) AS n FROM spot_check
WHERE moment_at >= %(since)s AND ready_at IS NOT NULL
GROUP BY 1, 2

-- name: misses_counted
-- Reported misses by situation.
SELECT situation, count(*) AS n FROM miss_report WHERE reported_at >= %(since)s GROUP BY 1
