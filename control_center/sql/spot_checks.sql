-- name: field_cameras
-- Cameras that raise alerts.
SELECT id, site, name FROM thing WHERE frame_rate IS NOT NULL AND stage = 'field'

-- name: insert_check
-- A moment that was chosen; nothing where it is there already.
INSERT INTO spot_check (thing_id, moment_at, begins_at, ends_at, probability)
VALUES (%(thing_id)s, %(moment_at)s, %(begins_at)s, %(ends_at)s, %(probability)s)
ON CONFLICT (thing_id, moment_at) DO NOTHING
RETURNING id

-- name: insert_picture
-- A picture of its clip.
INSERT INTO spot_check_picture (check_id, ordinal, taken_at, jpeg, expires_at)
VALUES (%(check_id)s, %(ordinal)s, %(taken_at)s, %(jpeg)s, %(expires_at)s)

-- name: drop_alerted
-- Checks of moments in which the camera had an alert, or of which one came until now.
DELETE FROM spot_check s
WHERE s.ready_at IS NULL AND s.moment_at <= %(now)s - %(settled_after)s
  AND EXISTS (
    SELECT 1 FROM alert a
    WHERE a.thing_id = s.thing_id AND a.raised_at <= s.moment_at + %(settled_after)s
      AND coalesce(a.cleared_at, a.resolved_at, 'infinity') >= s.moment_at
  )

-- name: make_ready
-- Checks that can be shown now.
UPDATE spot_check SET ready_at = %(now)s
WHERE ready_at IS NULL AND moment_at <= %(now)s - %(settled_after)s
