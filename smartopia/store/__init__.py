"""The database: connections, named statements, migrations, and an embedded server."""
