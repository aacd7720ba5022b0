-- name: camera
-- A camera, while it announces pictures.
SELECT id, name, coalesce(title, name) AS title FROM thing
WHERE id = %(id)s AND frame_rate IS NOT NULL
