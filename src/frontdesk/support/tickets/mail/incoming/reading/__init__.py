"""Reading a mail: pure functions from bytes to `shapes.Read`, run in a child process that may be killed.

Nothing here knows Django, the database or our own addresses, so that the child starts quickly and holds no secrets.
"""
