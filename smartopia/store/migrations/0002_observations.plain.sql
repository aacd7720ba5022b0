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

-- Make room for observations of these times. On TimescaleDB the server does so by itself.
CREATE FUNCTION make_room(earliest timestamptz, latest timestamptz) RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
  week timestamptz;
  part text;
BEGIN
  FOR week IN
    SELECT generate_series(
      date_trunc('week', earliest, 'UTC'), date_trunc('week', latest, 'UTC'), '7 days')
  LOOP
    part := 'observation_' || to_char(week AT TIME ZONE 'UTC', 'YYYYMMDD');
    CONTINUE WHEN EXISTS (SELECT FROM observation_partition WHERE name = part);
    PERFORM pg_advisory_xact_lock(72102);
    CONTINUE WHEN EXISTS (SELECT FROM observation_partition WHERE name = part);
    EXECUTE format('CREATE TABLE %I PARTITION OF observation FOR VALUES FROM (%L) TO (%L)',
      part, week, week + interval '7 days');
    INSERT INTO observation_partition (name, from_time, to_time)
      VALUES (part, week, week + interval '7 days');
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
  doomed record;
  dropped int := 0;
BEGIN
  PERFORM pg_advisory_xact_lock(72102);
  FOR doomed IN
    SELECT p.name FROM observation_partition p, retention r
    WHERE p.to_time < now() - r.keep AND p.created_at < now() - r.keep
  LOOP
    EXECUTE format('DROP TABLE %I', doomed.name);
    DELETE FROM observation_partition WHERE name = doomed.name;
    dropped := dropped + 1;
  END LOOP;
  RETURN dropped;
END $$;

CREATE VIEW observation_hourly AS
  SELECT datastream_id,
         date_trunc('hour', phenomenon_time, 'UTC') AS hour,
         avg(result) AS mean, min(result) AS low, max(result) AS high, count(*) AS n
  FROM observation
  WHERE quality <> 4
  GROUP BY 1, 2;
