-- Frames as they came, sealed; who opened them; and what operators say of alerts, of moments
-- without one, and of what was missed.

ALTER TABLE alert ADD COLUMN false_reason text
  CHECK (false_reason IN ('wrong_object', 'wrong_place', 'weather_or_light',
    'reflection_or_shadow', 'animal', 'authorised_person', 'other'));
ALTER TABLE alert ADD CONSTRAINT alert_false_reason
  CHECK (false_reason IS NULL OR disposition = 'false');

-- Nobody can read it without the key, which is not in the database. Deleted at `expires_at`.
CREATE TABLE sealed_evidence (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  alert_id bigint NOT NULL REFERENCES alert,
  taken_at timestamptz NOT NULL,
  sealed bytea NOT NULL,
  expires_at timestamptz NOT NULL
);
-- Ciphertext does not compress.
ALTER TABLE sealed_evidence ALTER COLUMN sealed SET STORAGE EXTERNAL;
CREATE INDEX sealed_evidence_alert ON sealed_evidence (alert_id);
CREATE INDEX sealed_evidence_expires ON sealed_evidence (expires_at);

-- Written before a byte is sent, and kept when the evidence is gone: so no reference to it.
CREATE TABLE evidence_opening (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  alert_id bigint NOT NULL REFERENCES alert,
  evidence_id bigint NOT NULL,
  taken_at timestamptz NOT NULL,
  -- SHA-256 of the sealed bytes.
  sealed_digest bytea NOT NULL,
  opened_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  opened_by text NOT NULL,
  role text NOT NULL,
  reason text NOT NULL CHECK (length(btrim(reason)) > 0)
);
CREATE INDEX evidence_opening_alert ON evidence_opening (alert_id, id);

CREATE FUNCTION keep_evidence_opening() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'openings are not changed: evidence_opening takes new ones only'
    USING ERRCODE = 'integrity_constraint_violation';
END $$;
CREATE TRIGGER evidence_opening_kept BEFORE UPDATE OR DELETE ON evidence_opening
  FOR EACH ROW EXECUTE FUNCTION keep_evidence_opening();
CREATE TRIGGER evidence_opening_not_emptied BEFORE TRUNCATE ON evidence_opening
  FOR EACH STATEMENT EXECUTE FUNCTION keep_evidence_opening();

-- A moment of a camera, chosen at random among those without an alert.
CREATE TABLE spot_check (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  thing_id int NOT NULL REFERENCES thing,
  -- The ten seconds that were chosen, by the platform's clock.
  moment_at timestamptz NOT NULL,
  -- Phenomenon times of the first and the last picture.
  begins_at timestamptz NOT NULL,
  ends_at timestamptz NOT NULL,
  -- With which each ten seconds of this camera and hour were to be chosen.
  probability double precision NOT NULL CHECK (probability > 0 AND probability <= 1),
  -- Null until an alert that belongs to it would have come.
  ready_at timestamptz,
  answer text CHECK (answer IN ('nothing', 'missed', 'cannot_tell')),
  situation text,
  -- What was missed was going on when the clip began: it is another moment's to count.
  began_before boolean,
  note text,
  answered_at timestamptz,
  answered_by text,
  UNIQUE (thing_id, moment_at),
  CHECK ((answer IS NULL) = (answered_at IS NULL)),
  CHECK ((answer IS NOT NULL AND answer = 'missed') = (situation IS NOT NULL)),
  CHECK ((situation IS NULL) = (began_before IS NULL))
);
CREATE INDEX spot_check_open ON spot_check (moment_at) WHERE answer IS NULL;
CREATE INDEX spot_check_moment ON spot_check (moment_at);

-- Masked, as the operators saw them. Deleted at `expires_at`; what was answered stays.
CREATE TABLE spot_check_picture (
  check_id bigint NOT NULL REFERENCES spot_check ON DELETE CASCADE,
  ordinal int NOT NULL,
  taken_at timestamptz NOT NULL,
  jpeg bytea NOT NULL,
  expires_at timestamptz NOT NULL,
  PRIMARY KEY (check_id, ordinal)
);
CREATE INDEX spot_check_picture_expires ON spot_check_picture (expires_at);

-- Something happened and no alert told of it, says an operator.
CREATE TABLE miss_report (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  thing_id int NOT NULL REFERENCES thing,
  situation text NOT NULL,
  happened_at timestamptz NOT NULL,
  note text NOT NULL,
  reported_at timestamptz NOT NULL DEFAULT now(),
  reported_by text NOT NULL
);
CREATE INDEX miss_report_happened ON miss_report (happened_at);
