"""Search as you type over articles and solved topics: tolerant of typos, in the reader's language."""
