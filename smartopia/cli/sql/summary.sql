-- name: observations
-- Observations that came since then, by quality flag.
SELECT quality, count(*) FROM observation WHERE received_at >= %(since)s GROUP BY 1 ORDER BY 1

-- name: quarantine
-- Refused messages by reason.
SELECT reason, count(*) FROM quarantine WHERE received_at >= %(since)s GROUP BY 1 ORDER BY 1

-- name: alerts
-- Alerts raised since then, by domain.
SELECT domain, count(*) FROM alert WHERE raised_at >= %(since)s GROUP BY 1 ORDER BY 1

-- name: transitions
-- What happened to alerts, by kind.
SELECT kind, count(*) FROM alert_transition WHERE at >= %(since)s GROUP BY 1 ORDER BY 1
