"""Mail that comes in: stored first, then read in a child process with limits, judged, and carried out."""
