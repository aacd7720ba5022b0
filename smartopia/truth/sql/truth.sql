-- name: insert_seal
-- A new seal; one that stands already is left as it is.
INSERT INTO truth_seal (run, chapter, digest, begins_at, ends_at)
VALUES (%(run)s, %(chapter)s, %(digest)s, %(begins_at)s, %(ends_at)s)
ON CONFLICT DO NOTHING

-- name: reveal
-- The reveal of a chapter; one that stands already is left as it is.
UPDATE truth_seal SET record_digest = %(record_digest)s
WHERE run = %(run)s AND chapter = %(chapter)s AND record_digest IS NULL

-- name: seal
-- What is held of one chapter.
SELECT run, chapter, digest, begins_at, ends_at, sealed_at, revealed_at, record_digest
FROM truth_seal
WHERE run = %(run)s AND chapter = %(chapter)s

-- name: seals
-- What is held of all chapters, or of those of one run; the newest run first.
SELECT run, chapter, digest, begins_at, ends_at, sealed_at, revealed_at, record_digest
FROM truth_seal
WHERE %(run)s::text IS NULL OR run = %(run)s
ORDER BY min(begins_at) OVER (PARTITION BY run) DESC, run, chapter
