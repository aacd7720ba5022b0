-- Things, their datastreams, the log's cursors, and what was refused.

CREATE TABLE thing (
  id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  site text NOT NULL,
  name text NOT NULL,
  title text,
  kind text NOT NULL,
  latitude double precision,
  longitude double precision,
  clock text NOT NULL DEFAULT 'live' CHECK (clock IN ('live', 'replay')),
  frame_rate double precision,
  state text NOT NULL DEFAULT 'unknown' CHECK (state IN ('unknown', 'online', 'offline', 'lost')),
  state_note text,
  state_at timestamptz,
  first_seen timestamptz NOT NULL DEFAULT now(),
  announced_at timestamptz NOT NULL,
  last_seen timestamptz,
  UNIQUE (site, name)
);

CREATE TABLE datastream (
  id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  thing_id int NOT NULL REFERENCES thing,
  name text NOT NULL,
  observed_property text NOT NULL,
  unit text NOT NULL,
  range_low double precision,
  range_high double precision,
  period_s double precision NOT NULL,
  interval_s double precision NOT NULL,
  -- The device no longer announces it; its observations stay.
  retired boolean NOT NULL DEFAULT false,
  UNIQUE (thing_id, name)
);

CREATE TABLE datastream_latest (
  datastream_id int PRIMARY KEY REFERENCES datastream,
  phenomenon_time timestamptz NOT NULL,
  result double precision NOT NULL,
  quality smallint NOT NULL,
  received_at timestamptz NOT NULL
) WITH (fillfactor = 50);

-- A device's boot id, drawn anew at each of its starts; '' for devices that give none.
CREATE TABLE boot (
  id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  thing_id int NOT NULL REFERENCES thing,
  boot text NOT NULL,
  first_seen timestamptz NOT NULL DEFAULT now(),
  UNIQUE (thing_id, boot)
);

-- Messages with an identity but without a time of their own: each copy would arrive at
-- another time, so that the observations' own key could not tell them for the same.
CREATE TABLE untimed_message (
  boot_id int NOT NULL REFERENCES boot,
  seq bigint NOT NULL,
  arrived timestamptz NOT NULL,
  PRIMARY KEY (boot_id, seq)
);

CREATE TABLE thing_event (
  thing_id int NOT NULL REFERENCES thing,
  boot_id int NOT NULL REFERENCES boot,
  seq bigint NOT NULL,
  phenomenon_time timestamptz NOT NULL,
  event text NOT NULL,
  note text,
  received_at timestamptz NOT NULL,
  PRIMARY KEY (boot_id, seq)
);

CREATE TABLE quarantine (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  received_at timestamptz NOT NULL,
  topic text NOT NULL,
  reason text NOT NULL,
  detail text NOT NULL,
  payload bytea NOT NULL,
  -- Where it stands in the log, so that a message read twice is kept once. Frames have none.
  stream text,
  log_seq bigint,
  UNIQUE (stream, log_seq)
);
CREATE INDEX quarantine_received_at ON quarantine (received_at);

-- How far a reader of the log has come: written in the transaction of its effects.
CREATE TABLE log_cursor (
  name text PRIMARY KEY,
  stream text NOT NULL,
  position bigint NOT NULL,
  at timestamptz NOT NULL DEFAULT now()
);
