"""Tests of the community."""
