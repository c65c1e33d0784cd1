"""Service levels: a pure function of (state changes, dated policies, dated calendars), and what caches it."""
