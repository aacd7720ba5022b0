-- name: insert_sealed
-- A frame as it came, sealed.
INSERT INTO sealed_evidence (alert_id, taken_at, sealed, expires_at)
VALUES (%(alert_id)s, %(taken_at)s, %(sealed)s, %(expires_at)s)
