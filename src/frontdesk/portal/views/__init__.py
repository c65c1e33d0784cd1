"""Each page parses, authorises, calls one verb or a few reads, and renders."""
