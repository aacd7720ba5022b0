-- What is drawn on each camera's picture, revision by revision.

CREATE TABLE site_view (
  thing_id int NOT NULL REFERENCES thing,
  number int NOT NULL CHECK (number > 0),
  -- Areas, wires, ways and ground; see smartopia/siteview.py.
  drawing jsonb NOT NULL,
  -- The camera itself proposed it, or an operator drew it.
  source text NOT NULL CHECK (source IN ('proposed', 'drawn')),
  author text NOT NULL,
  note text NOT NULL DEFAULT '',
  created_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (thing_id, number)
);

-- An alert names the revision it was raised by, so that one stays as it was.
CREATE FUNCTION keep_site_view() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'TRUNCATE' AND NOT EXISTS (SELECT FROM site_view) THEN
    RETURN NULL;
  END IF;
  RAISE EXCEPTION 'revisions are not changed: site_view takes new ones only'
    USING ERRCODE = 'integrity_constraint_violation';
END $$;
CREATE TRIGGER site_view_kept BEFORE UPDATE OR DELETE ON site_view
  FOR EACH ROW EXECUTE FUNCTION keep_site_view();
CREATE TRIGGER site_view_not_emptied BEFORE TRUNCATE ON site_view
  FOR EACH STATEMENT EXECUTE FUNCTION keep_site_view();

-- Those who watch by it hear of a new one when it is committed.
CREATE FUNCTION tell_site_view() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM pg_notify('site_view', NEW.thing_id::text);
  RETURN NULL;
END $$;
CREATE TRIGGER site_view_told AFTER INSERT ON site_view
  FOR EACH ROW EXECUTE FUNCTION tell_site_view();
