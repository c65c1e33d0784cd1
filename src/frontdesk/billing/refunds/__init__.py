"""Refunds: what may go back, asked for under the payment's lock, sent outside, settled with all its effects at once."""
