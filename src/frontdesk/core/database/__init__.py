"""Django's PostgreSQL backend, for which a database that hangs is as bad as one that is gone."""
