-- Observations on a server without TimescaleDB: range partitions of a week.

CREATE TABLE observation (
  datastream_id int NOT NULL,
  phenomenon_time timestamptz NOT NULL,
  result double precision NOT NULL,
  -- QARTOD: 1 pass, 2 not evaluated, 3 suspect, 4 fail, 9 missing.
  quality smallint NOT NULL,
  received_at timestamptz NOT NULL,
  boot_id int NOT NULL,
  seq bigint NOT NULL,
  ordinal int NOT NULL
) PARTITION BY RANGE (phenomenon_time);
CREATE UNIQUE INDEX observation_identity
  ON observation (datastream_id, phenomenon_time, boot_id, seq, ordinal);
-- For retention: whether anything in an old partition came lately.
CREATE INDEX observation_received ON observation USING brin (received_at);

CREATE TABLE observation_partition (
  name text PRIMARY KEY,
  from_time timestamptz NOT NULL,
  to_time timestamptz NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now()
);

CREATE TABLE retention (
  only_row boolean PRIMARY KEY DEFAULT true CHECK (only_row),
  keep interval NOT NULL
);

-- Make room for observations from one time to another: by the week; by the year for
-- recordings from before this platform was, so that no device can ask for more tables than
-- one transaction can make. On TimescaleDB the server does so by itself.
CREATE FUNCTION make_room(earliest timestamptz, latest timestamptz) RETURNS void
LANGUAGE plpgsql SET timezone = 'UTC' AS $$
DECLARE
  first_week CONSTANT timestamptz := '2024-12-30 00:00Z';
  start timestamptz := date_trunc(
    CASE WHEN earliest < first_week THEN 'year' ELSE 'week' END, earliest);
  stop timestamptz;
  part text;
BEGIN
  WHILE start <= latest LOOP
    stop := CASE WHEN start < first_week THEN least(start + interval '1 year', first_week)
      ELSE start + interval '7 days' END;
    part := 'observation_' || to_char(start, 'YYYYMMDD');
    IF NOT EXISTS (SELECT FROM observation_partition WHERE name = part) THEN
      PERFORM pg_advisory_xact_lock(72102);
      IF NOT EXISTS (SELECT FROM observation_partition WHERE name = part) THEN
        EXECUTE format('CREATE TABLE %I PARTITION OF observation FOR VALUES FROM (%L) TO (%L)',
          part, start, stop);
        INSERT INTO observation_partition (name, from_time, to_time) VALUES (part, start, stop);
      END IF;
    END IF;
    start := stop;
  END LOOP;
END $$;

CREATE FUNCTION set_retention(keep_for interval) RETURNS void
LANGUAGE sql AS $$
  INSERT INTO retention (keep) VALUES (keep_for)
    ON CONFLICT (only_row) DO UPDATE SET keep = excluded.keep;
$$;

-- Drop partitions whose observations are past retention, both by their own time and by when
-- they came (a replayed recording lies years back but came just now). Returns how many.
-- On TimescaleDB its own background job does this.
CREATE FUNCTION apply_retention() RETURNS int
LANGUAGE plpgsql AS $$
DECLARE
  doomed text[];
  part text;
BEGIN
  PERFORM pg_advisory_xact_lock(72102);
  -- All are found before any is dropped: a table that is still being read cannot be.
  doomed := ARRAY(
    SELECT p.name FROM observation_partition p, retention r
    WHERE p.to_time < now() - r.keep AND p.created_at < now() - r.keep
      AND NOT EXISTS (
        SELECT FROM observation o
        WHERE o.phenomenon_time >= p.from_time AND o.phenomenon_time < p.to_time
          AND o.received_at >= now() - r.keep));
  FOREACH part IN ARRAY doomed LOOP
    EXECUTE format('DROP TABLE %I', part);
    DELETE FROM observation_partition WHERE name = part;
  END LOOP;
  RETURN cardinality(doomed);
END $$;

CREATE VIEW observation_hourly AS
  SELECT datastream_id,
         date_trunc('hour', phenomenon_time, 'UTC') AS hour,
         avg(result) AS mean, min(result) AS low, max(result) AS high, count(*) AS n
  FROM observation
  WHERE quality <> 4
  GROUP BY 1, 2;
