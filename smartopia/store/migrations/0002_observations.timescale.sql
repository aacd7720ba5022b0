-- Observations on a server with TimescaleDB: a hypertable with columnstore, a continuous
-- aggregate and a retention policy.

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
);
SELECT create_hypertable('observation', by_range('phenomenon_time', INTERVAL '7 days'),
  create_default_indexes => false);
CREATE UNIQUE INDEX observation_identity
  ON observation (datastream_id, phenomenon_time, boot_id, seq, ordinal);
ALTER TABLE observation SET (
  timescaledb.enable_columnstore = true,
  timescaledb.segmentby = 'datastream_id',
  timescaledb.orderby = 'phenomenon_time DESC, boot_id, seq, ordinal'
);
CALL add_columnstore_policy('observation', after => INTERVAL '14 days');

-- Make room for observations of these times: here the server does so by itself.
CREATE FUNCTION make_room(earliest timestamptz, latest timestamptz) RETURNS void
LANGUAGE sql AS $$ SELECT $$;

-- By when a chunk was made, so that a replayed recording, which lies years back, is kept as
-- long as anything else that came today.
CREATE FUNCTION set_retention(keep_for interval) RETURNS void
LANGUAGE plpgsql AS $$
BEGIN
  PERFORM remove_retention_policy('observation', if_exists => true);
  PERFORM add_retention_policy('observation', drop_created_before => keep_for);
END $$;

-- TimescaleDB's own background job drops chunks; nothing to do here.
CREATE FUNCTION apply_retention() RETURNS int
LANGUAGE sql AS $$ SELECT 0 $$;

CREATE MATERIALIZED VIEW observation_hourly
WITH (timescaledb.continuous, timescaledb.materialized_only = false) AS
  SELECT datastream_id,
         time_bucket('1 hour', phenomenon_time) AS hour,
         avg(result) AS mean, min(result) AS low, max(result) AS high, count(*) AS n
  FROM observation
  WHERE quality <> 4
  GROUP BY 1, 2
WITH NO DATA;
SELECT add_continuous_aggregate_policy('observation_hourly',
  start_offset => INTERVAL '7 days', end_offset => INTERVAL '1 hour',
  schedule_interval => INTERVAL '1 hour');
