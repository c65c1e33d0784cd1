"""The desk: the staff's pages, composed of several apps. No rules of its own, only calls."""
