"""Halcyon Shield: an invented product that shows how a real one embeds Frontdesk's SDK.

It installs with steps and progress, asks for its activation code at first start, runs on its lease, and turns
each refusal into a way on. Start it with ``python -m examples.halcyon_shield``.
"""

PRODUCT = "halcyon-shield"
NAME = "Halcyon Shield"
VERSION = "3.2.0"
