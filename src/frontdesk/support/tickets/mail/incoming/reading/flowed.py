"""Text that was wrapped for sending (RFC 3676), put together again."""

import re

DEPTH = re.compile(r"^>*")


def unwrap(text: str, *, deletes_space: bool) -> str:
    """Join the lines that end with a space, at the same depth of quoting; "-- " is a signature's own line."""
    out: list[str] = []
    open_depth: int | None = None
    for raw in text.split("\n"):
        marks = DEPTH.match(raw)
        depth = len(marks[0]) if marks else 0
        line = raw[depth:]
        line = line.removeprefix(" ")
        flows = line.endswith(" ") and line != "-- "
        body = line[:-1] if flows and deletes_space else line
        if open_depth == depth and out and line != "-- ":
            out[-1] += body
        else:
            out.append(f"{'>' * depth} {body}" if depth else body)
        open_depth = depth if flows else None
    return "\n".join(out)
