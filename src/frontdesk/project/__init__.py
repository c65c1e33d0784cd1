"""The installation as a whole: settings, URLs, the two doors, the command line, embedded PostgreSQL."""
