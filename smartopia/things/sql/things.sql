-- name: lock_thing
-- A thing's stage and what it announces now; nobody else changes it meanwhile.
SELECT id, site, name, stage, announce_digest FROM thing WHERE id = %(id)s FOR UPDATE

-- name: find_thing
-- A thing by its site and name.
SELECT id FROM thing WHERE site = %(site)s AND name = %(name)s

-- name: newest_check
-- How the newest check of a thing ended.
SELECT at, grade, passed, announce_digest FROM thing_check
WHERE thing_id = %(id)s ORDER BY id DESC LIMIT 1

-- name: set_stage
-- A thing's stage, since when and by whom.
UPDATE thing SET stage = %(stage)s, staged_at = %(now)s, staged_by = %(by)s WHERE id = %(id)s

-- name: keep_check
-- What a check of a thing found.
INSERT INTO thing_check (thing_id, grade, passed, announce_digest, report)
VALUES (%(thing_id)s, %(grade)s, %(passed)s, %(announce_digest)s, %(report)s)

-- name: enlist
-- These devices begin in the field.
INSERT INTO enlisted (site, name, by)
SELECT %(site)s, name, %(by)s FROM unnest(%(names)s::text[]) AS name
ON CONFLICT DO NOTHING

-- name: stage_enlisted
-- Those of them that wait in the sandbox without ever having been staged go to the field.
UPDATE thing SET stage = 'field', staged_at = now(), staged_by = e.by
FROM enlisted e
WHERE e.site = thing.site AND e.name = thing.name
  AND thing.stage = 'sandbox' AND thing.staged_at IS NULL

-- name: strike_out
-- This device is enlisted no more.
DELETE FROM enlisted WHERE site = %(site)s AND name = %(name)s

-- name: field_ids
-- The things that may raise alerts.
SELECT id FROM thing WHERE stage = 'field'

-- name: stages
-- The stage of each thing, and the grade of its newest check.
SELECT t.site, t.name, t.stage,
  (SELECT c.grade FROM thing_check c WHERE c.thing_id = t.id ORDER BY c.id DESC LIMIT 1) AS grade
FROM thing t
