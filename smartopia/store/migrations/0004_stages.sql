-- Sandbox and field, checks of devices, and refusals by device.

-- A new device is stored and shown, but raises no alert until somebody promotes it. Those
-- that were here before there was a sandbox go on as they were.
ALTER TABLE thing
  ADD COLUMN stage text NOT NULL DEFAULT 'field' CHECK (stage IN ('sandbox', 'field')),
  ADD COLUMN staged_at timestamptz,
  ADD COLUMN staged_by text,
  -- Of the announcement's substance: what a check has checked.
  ADD COLUMN announce_digest text;
ALTER TABLE thing ALTER COLUMN stage SET DEFAULT 'sandbox';

-- Devices known to be sound before they announce themselves, such as those of the shipped
-- scenarios: they begin in the field.
CREATE TABLE enlisted (
  site text NOT NULL,
  name text NOT NULL,
  by text NOT NULL,
  at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (site, name)
);

CREATE TABLE thing_check (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  thing_id int NOT NULL REFERENCES thing,
  at timestamptz NOT NULL DEFAULT now(),
  grade text NOT NULL,
  passed boolean NOT NULL,
  announce_digest text NOT NULL,
  report jsonb NOT NULL
);
CREATE INDEX thing_check_newest ON thing_check (thing_id, id DESC);

-- One row may stand for many messages of a device that floods.
ALTER TABLE quarantine
  ADD COLUMN thing_id int REFERENCES thing,
  ADD COLUMN count int NOT NULL DEFAULT 1;
CREATE INDEX quarantine_thing ON quarantine (thing_id, received_at) WHERE thing_id IS NOT NULL;

-- Consoles and workers hear of it when it is committed.
CREATE FUNCTION tell_thing_changed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM pg_notify('thing_changed', NEW.id::text);
  RETURN NULL;
END $$;
CREATE TRIGGER thing_stage_told AFTER UPDATE OF stage ON thing
  FOR EACH ROW EXECUTE FUNCTION tell_thing_changed();

CREATE FUNCTION tell_thing_checked() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM pg_notify('thing_changed', NEW.thing_id::text);
  RETURN NULL;
END $$;
CREATE TRIGGER thing_check_told AFTER INSERT ON thing_check
  FOR EACH ROW EXECUTE FUNCTION tell_thing_checked();
