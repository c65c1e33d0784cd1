"""Live streams: what wakes bring to the pages that wait, over server-sent events."""
