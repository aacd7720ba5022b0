-- name: alert_exists
-- Whether there is such an alert.
SELECT 1 AS found FROM alert WHERE id = %(alert_id)s

-- name: sealed_of
-- The sealed frames of an alert, without their bytes.
SELECT id, taken_at, expires_at FROM sealed_evidence
WHERE alert_id = %(alert_id)s AND expires_at > now() ORDER BY taken_at, id

-- name: openings_of
-- Who opened evidence of this alert, the newest first.
SELECT id, evidence_id, taken_at, opened_at, opened_by, role, reason
FROM evidence_opening WHERE alert_id = %(alert_id)s ORDER BY id DESC

-- name: sealed
-- A sealed frame of this alert, and which camera's it should be.
SELECT e.sealed, e.taken_at, t.site, t.name
FROM sealed_evidence e
JOIN alert a ON a.id = e.alert_id
JOIN thing t ON t.id = a.thing_id
WHERE e.id = %(id)s AND e.alert_id = %(alert_id)s AND e.expires_at > now()

-- name: insert_opening
-- The trace: who is about to see which frame, and why.
INSERT INTO evidence_opening
  (alert_id, evidence_id, taken_at, sealed_digest, opened_by, role, reason)
VALUES
  (%(alert_id)s, %(evidence_id)s, %(taken_at)s, %(sealed_digest)s, %(opened_by)s, %(role)s,
   %(reason)s)
