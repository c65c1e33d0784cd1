"""Live chat: conversations of the channel chat while both sides are there, with a queue, presence and an end.

What is said are messages of `tickets`; this app knows who waits, who is there, and what becomes of it.
"""
