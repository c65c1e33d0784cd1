"""Mechanisms that know nothing of the business: clock, reasons, audit, outbox, throttle, encryption."""
