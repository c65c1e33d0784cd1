"""Hashing in tests: the product's way at the least cost, since what each hash costs is measured by tests of its own."""

from frontdesk.accounts.hashers import CappedArgon2Hasher

PRODUCT = "frontdesk.accounts.hashers.CappedArgon2Hasher"


class LightHasher(CappedArgon2Hasher):
    """Argon2id with next to no memory."""

    time_cost = 1
    memory_cost = 8
