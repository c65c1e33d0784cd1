"""The community's pages: read by everybody, written by members; whole without a script."""
