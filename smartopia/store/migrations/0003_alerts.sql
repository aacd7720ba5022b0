-- Alerts and every step of their lives, the rules' memory, and who may look.

CREATE TABLE alert (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  -- One open alert a rule and datastream (or camera): two workers cannot raise it twice.
  key text NOT NULL,
  version int NOT NULL,
  rule text NOT NULL,
  rule_digest text NOT NULL,
  domain text NOT NULL CHECK (domain IN ('crime', 'traffic', 'environment', 'disaster')),
  severity text NOT NULL CHECK (severity IN ('Extreme', 'Severe', 'Moderate', 'Minor')),
  urgency text NOT NULL CHECK (urgency IN ('Immediate', 'Expected', 'Future', 'Past', 'Unknown')),
  certainty text NOT NULL
    CHECK (certainty IN ('Observed', 'Likely', 'Possible', 'Unlikely', 'Unknown')),
  title text NOT NULL,
  description text NOT NULL,
  guidance text NOT NULL,
  source text,
  thing_id int NOT NULL REFERENCES thing,
  datastream_id int REFERENCES datastream,
  evidence jsonb NOT NULL,
  onset timestamptz NOT NULL,
  raised_at timestamptz NOT NULL,
  active boolean NOT NULL,
  occurrences int NOT NULL,
  cleared_at timestamptz,
  acknowledged_at timestamptz,
  acknowledged_by text,
  resolved_at timestamptz,
  resolved_by text,
  disposition text CHECK (disposition IN ('true', 'false', 'test', 'duplicate')),
  note text
);
CREATE UNIQUE INDEX alert_open_key ON alert (key) WHERE resolved_at IS NULL;
CREATE INDEX alert_open ON alert (raised_at) WHERE resolved_at IS NULL;

CREATE TABLE alert_transition (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  alert_id bigint NOT NULL REFERENCES alert,
  kind text NOT NULL,
  at timestamptz NOT NULL,
  actor text NOT NULL,
  note text,
  -- When it happened out there; null for what operators do.
  phenomenon_time timestamptz,
  version int NOT NULL
);
CREATE INDEX alert_transition_alert ON alert_transition (alert_id, id);

-- Consoles hear of a transition when it is committed, and ask for what they have not seen.
CREATE FUNCTION tell_alert_transition() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM pg_notify('alert_transition', NEW.id::text);
  RETURN NULL;
END $$;
CREATE TRIGGER alert_transition_told AFTER INSERT ON alert_transition
  FOR EACH ROW EXECUTE FUNCTION tell_alert_transition();

-- Pictures are personal data: masked before they come here, deleted at `expires_at`.
CREATE TABLE evidence_image (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  alert_id bigint NOT NULL REFERENCES alert,
  taken_at timestamptz NOT NULL,
  width int NOT NULL,
  height int NOT NULL,
  boxes jsonb NOT NULL,
  zone jsonb,
  detector text NOT NULL,
  jpeg bytea NOT NULL,
  expires_at timestamptz NOT NULL
);
CREATE INDEX evidence_image_alert ON evidence_image (alert_id);
CREATE INDEX evidence_image_expires ON evidence_image (expires_at);

-- What a rule remembers of a datastream, written in the transaction of its alerts.
CREATE TABLE rule_state (
  rule text NOT NULL,
  datastream_id int NOT NULL REFERENCES datastream,
  memory jsonb NOT NULL,
  PRIMARY KEY (rule, datastream_id)
) WITH (fillfactor = 50);

CREATE TABLE operator (
  id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  name text NOT NULL UNIQUE,
  role text NOT NULL CHECK (role IN ('administrator', 'operator', 'viewer')),
  password_hash text NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now()
);

CREATE TABLE web_session (
  token_hash bytea PRIMARY KEY,
  operator_id int NOT NULL REFERENCES operator ON DELETE CASCADE,
  created_at timestamptz NOT NULL DEFAULT now(),
  expires_at timestamptz NOT NULL
);
