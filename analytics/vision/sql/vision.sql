-- name: thing_id
-- A camera.
SELECT id FROM thing WHERE site = %(site)s AND name = %(name)s

-- name: seen
-- When a camera last sent a frame.
UPDATE thing SET last_seen = greatest(last_seen, %(at)s) WHERE id = %(id)s
