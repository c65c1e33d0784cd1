"""Codes, licences, terms, activations, leases, entitled downloads."""
