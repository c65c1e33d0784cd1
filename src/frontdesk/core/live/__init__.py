"""Live wakes: open pages hear at once that something is new. A wake never says what; the page fetches that itself."""
