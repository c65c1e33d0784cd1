"""The sandbox: a bank of our own for demos and tests, with test cards for every outcome. No money moves here.

It keeps its own tables and commits by itself, so that it is as independent of billing's rows as a real provider is.
"""
