"""Ingest: from the broker's log into the database, exactly once."""
