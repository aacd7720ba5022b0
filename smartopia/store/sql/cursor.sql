-- name: load_position
-- The position in this very log; one saved for a log that was made anew says nothing.
SELECT position FROM log_cursor WHERE name = %(name)s AND stream = %(stream)s

-- name: save_position
-- Move the cursor.
INSERT INTO log_cursor (name, stream, position)
VALUES (%(name)s, %(stream)s, %(position)s)
ON CONFLICT (name) DO UPDATE
SET stream = excluded.stream, position = excluded.position, at = now()
