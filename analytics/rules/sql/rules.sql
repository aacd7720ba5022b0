-- name: all_devices
-- Every announced device.
SELECT site, name, clock FROM thing

-- name: all_streams
-- Every datastream that is announced now.
SELECT d.id, d.thing_id, t.site, t.name, d.name, d.observed_property, d.unit,
       d.range_low, d.range_high, d.period_s, d.interval_s, t.clock
FROM datastream d JOIN thing t ON t.id = d.thing_id
WHERE NOT d.retired

-- name: ingest_position
-- How far ingest has come in this log.
SELECT position FROM log_cursor WHERE name = 'ingest' AND stream = %(stream)s

-- name: all_memories
-- What rules remember.
SELECT rule, datastream_id, memory FROM rule_state

-- name: save_memory
-- What a rule remembers of a datastream now.
INSERT INTO rule_state (rule, datastream_id, memory)
VALUES (%(rule)s, %(datastream_id)s, %(memory)s)
ON CONFLICT (rule, datastream_id) DO UPDATE SET memory = excluded.memory
