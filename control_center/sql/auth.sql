-- name: insert_first_operator
-- An administrator, where there is nobody yet. Two processes starting at once make one.
INSERT INTO operator (name, role, password_hash)
SELECT %(name)s, 'administrator', %(password_hash)s
WHERE NOT EXISTS (SELECT FROM operator)
ON CONFLICT DO NOTHING

-- name: insert_operator
-- An operator.
INSERT INTO operator (name, role, password_hash) VALUES (%(name)s, %(role)s, %(password_hash)s)

-- name: set_password
-- A new password.
UPDATE operator SET password_hash = %(password_hash)s WHERE name = %(name)s

-- name: end_sessions
-- Sign an operator out everywhere.
DELETE FROM web_session USING operator
WHERE operator.id = operator_id AND operator.name = %(name)s

-- name: operator_by_name
-- One operator.
SELECT id, name, role, password_hash FROM operator WHERE name = %(name)s

-- name: insert_session
-- Somebody signed in; the cookie's token is kept only as its hash.
INSERT INTO web_session (token_hash, operator_id, expires_at)
VALUES (%(token_hash)s, %(operator_id)s, now() + interval '12 hours')

-- name: session
-- Who a cookie belongs to.
SELECT o.name, o.role
FROM web_session s JOIN operator o ON o.id = s.operator_id
WHERE s.token_hash = %(token_hash)s AND s.expires_at > now()

-- name: delete_session
-- Somebody signed out; old sessions go too.
DELETE FROM web_session WHERE token_hash = %(token_hash)s OR expires_at < now()
