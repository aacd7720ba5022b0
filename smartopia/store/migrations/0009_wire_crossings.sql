-- How often the wires of each camera were crossed, so that whoever counts next can go on.

-- One row for a camera, of an hour at most: the message that tells it (smartopia/crossings.py).
CREATE TABLE wire_crossings (
  thing_id int PRIMARY KEY REFERENCES thing,
  told jsonb NOT NULL
);
