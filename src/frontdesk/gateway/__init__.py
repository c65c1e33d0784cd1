"""The door for programs: the device API and, later, live streams."""
