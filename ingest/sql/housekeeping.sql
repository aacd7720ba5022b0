-- name: apply_retention
-- Drop observations past retention (where the server does not do so by itself).
SELECT apply_retention()

-- name: delete_expired_images
-- Pictures past their time. They are kept nowhere else.
DELETE FROM evidence_image WHERE expires_at < now()

-- name: delete_expired_evidence
-- Sealed frames past their time. Who opened them stays known.
DELETE FROM sealed_evidence WHERE expires_at < now()

-- name: delete_expired_clips
-- Pictures of spot checks past their time. What was answered stays.
DELETE FROM spot_check_picture WHERE expires_at < now()

-- name: delete_old_quarantine
-- Refused messages older than 30 days.
DELETE FROM quarantine WHERE received_at < now() - interval '30 days'

-- name: delete_old_untimed
-- Repeated a month later, a message is not believed to be the same any more.
DELETE FROM untimed_message WHERE arrived < now() - interval '30 days'
