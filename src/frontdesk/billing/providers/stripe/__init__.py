"""Stripe, by its official library: hosted pages and kept cards, so that no card's number ever comes here (PCI SAQ A).

Nothing outside of this package imports it or the library before it is known to be configured.
"""
