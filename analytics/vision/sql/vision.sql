-- name: thing_id
-- A camera.
SELECT id FROM thing WHERE site = %(site)s AND name = %(name)s

-- name: seen
-- When a camera last sent a frame.
UPDATE thing SET last_seen = greatest(last_seen, %(at)s) WHERE id = %(id)s

-- name: active_alert
-- The alert of this condition, if it is open and active.
SELECT onset FROM alert WHERE key = %(key)s AND resolved_at IS NULL AND active
