-- When cameras were truly watched, so that silence can be told from nobody looking.

-- A spell ends where frames stayed away, another detector looked, or other rules could tell
-- something. Kept as long as alerts are, whose misses are counted by it.
CREATE TABLE watch_spell (
  thing_id int NOT NULL REFERENCES thing,
  -- Phenomenon times of its first and its last frame; the next spell may begin where it ends.
  begins_at timestamptz NOT NULL,
  ends_at timestamptz NOT NULL,
  frames int NOT NULL CHECK (frames > 0),
  -- Which weights looked: name and SHA-256.
  detector text NOT NULL,
  -- By situation, the digest of its rule: those that could be told on this camera meanwhile.
  rules jsonb NOT NULL,
  PRIMARY KEY (thing_id, begins_at),
  CHECK (ends_at > begins_at)
);
