"""What one domain app must do because of another: `reactions` is the one table of it."""
