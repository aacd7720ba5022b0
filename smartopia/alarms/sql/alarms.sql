-- name: lock_transitions
-- One transition at a time, until the end of this transaction.
SELECT pg_advisory_xact_lock(72103)

-- name: open_by_key
-- The alert of this condition that is not resolved, if there is one.
SELECT * FROM alert WHERE key = %(key)s AND resolved_at IS NULL

-- name: by_id
-- One alert.
SELECT * FROM alert WHERE id = %(id)s

-- name: insert_alert
-- A new alert.
INSERT INTO alert (
  key, version, rule, rule_digest, domain, severity, urgency, certainty, title, description,
  guidance, source, thing_id, datastream_id, evidence, onset, raised_at, active, occurrences
) VALUES (
  %(key)s, %(version)s, %(rule)s, %(rule_digest)s, %(domain)s, %(severity)s, %(urgency)s,
  %(certainty)s, %(title)s, %(description)s, %(guidance)s, %(source)s, %(thing_id)s,
  %(datastream_id)s, %(evidence)s, %(onset)s, %(raised_at)s, %(active)s, %(occurrences)s
) RETURNING id

-- name: renew_alert
-- An alert that was raised again: what it says now.
UPDATE alert
SET description = %(description)s, evidence = %(evidence)s, rule_digest = %(rule_digest)s
WHERE id = %(id)s

-- name: update_alert
-- The state after a transition.
UPDATE alert
SET version = %(version)s, active = %(active)s, occurrences = %(occurrences)s,
    cleared_at = %(cleared_at)s, acknowledged_at = %(acknowledged_at)s,
    acknowledged_by = %(acknowledged_by)s, resolved_at = %(resolved_at)s,
    resolved_by = %(resolved_by)s, disposition = %(disposition)s, false_reason = %(false_reason)s,
    note = %(note)s
WHERE id = %(id)s

-- name: insert_transition
-- One step in the life of an alert; consoles are told when it is committed.
INSERT INTO alert_transition (alert_id, kind, at, actor, note, phenomenon_time, version)
VALUES (%(alert_id)s, %(kind)s, %(at)s, %(actor)s, %(note)s, %(phenomenon_time)s, %(version)s)

-- name: insert_image
-- A masked picture.
INSERT INTO evidence_image
  (alert_id, taken_at, width, height, boxes, zone, detector, jpeg, expires_at)
VALUES
  (%(alert_id)s, %(taken_at)s, %(width)s, %(height)s, %(boxes)s, %(zone)s, %(detector)s,
   %(jpeg)s, %(expires_at)s)
