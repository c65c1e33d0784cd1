"""The copy of somebody's data, and by what they are found in it."""
