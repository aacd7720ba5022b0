-- Seals of ground truth: digests told before a chapter of a simulated run, and after it.

CREATE TABLE truth_seal (
  run text NOT NULL,
  chapter int NOT NULL CHECK (chapter >= 0),
  digest text NOT NULL CHECK (digest ~ '^[0-9a-f]{64}$'),
  begins_at timestamptz NOT NULL,
  ends_at timestamptz NOT NULL CHECK (ends_at > begins_at),
  -- Later than `begins_at`: the seal came late, and everybody can see it.
  sealed_at timestamptz NOT NULL,
  revealed_at timestamptz,
  record_digest text CHECK (record_digest ~ '^[0-9a-f]{64}$'),
  PRIMARY KEY (run, chapter),
  CHECK ((revealed_at IS NULL) = (record_digest IS NULL))
);
CREATE INDEX truth_seal_begins_at ON truth_seal (begins_at);

-- A seal is set once and revealed once; when, the server's own clock says.
CREATE FUNCTION keep_truth_seal() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'INSERT' THEN
    NEW.sealed_at := clock_timestamp();
    NEW.revealed_at := NULL;
    NEW.record_digest := NULL;
    RETURN NEW;
  END IF;
  IF TG_OP = 'UPDATE' THEN
    IF OLD.record_digest IS NULL AND NEW.record_digest IS NOT NULL
       AND (NEW.run, NEW.chapter, NEW.digest, NEW.begins_at, NEW.ends_at, NEW.sealed_at)
         = (OLD.run, OLD.chapter, OLD.digest, OLD.begins_at, OLD.ends_at, OLD.sealed_at) THEN
      NEW.revealed_at := clock_timestamp();
      RETURN NEW;
    END IF;
  END IF;
  RAISE EXCEPTION 'seals are not changed: truth_seal takes new ones, and one reveal of each'
    USING ERRCODE = 'integrity_constraint_violation';
END $$;
CREATE TRIGGER truth_seal_kept BEFORE INSERT OR UPDATE OR DELETE ON truth_seal
  FOR EACH ROW EXECUTE FUNCTION keep_truth_seal();
CREATE TRIGGER truth_seal_not_emptied BEFORE TRUNCATE ON truth_seal
  FOR EACH STATEMENT EXECUTE FUNCTION keep_truth_seal();
