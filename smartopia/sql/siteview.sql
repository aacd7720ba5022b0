-- name: current_view
-- A camera's newest revision.
SELECT v.*, t.name FROM site_view v JOIN thing t ON t.id = v.thing_id
WHERE v.thing_id = %(thing_id)s ORDER BY v.number DESC LIMIT 1

-- name: current_views
-- The newest revision of every camera that has one.
SELECT DISTINCT ON (v.thing_id) v.*, t.name FROM site_view v JOIN thing t ON t.id = v.thing_id
ORDER BY v.thing_id, v.number DESC

-- name: revisions
-- A camera's newest revisions, newest first.
SELECT v.*, t.name FROM site_view v JOIN thing t ON t.id = v.thing_id
WHERE v.thing_id = %(thing_id)s ORDER BY v.number DESC LIMIT %(limit)s

-- name: one_revision
-- A camera's revision of this number.
SELECT v.*, t.name FROM site_view v JOIN thing t ON t.id = v.thing_id
WHERE v.thing_id = %(thing_id)s AND v.number = %(number)s

-- name: lock_camera
-- Nobody else draws on this camera's picture meanwhile.
SELECT name FROM thing WHERE id = %(thing_id)s FOR NO KEY UPDATE

-- name: insert_view
-- A new revision.
INSERT INTO site_view (thing_id, number, drawing, source, author, note)
VALUES (%(thing_id)s, %(number)s, %(drawing)s, %(source)s, %(author)s, %(note)s)
