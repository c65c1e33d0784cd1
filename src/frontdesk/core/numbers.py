"""Whole numbers that a request names: in addresses, forms and headers anybody may write anything."""


def whole(text: object, *, most: int) -> int | None:
    """The number from 0 to `most` that a text names in plain digits; None for anything else, however long it is.

    `int` alone raises for other digits than it knows ("²") and for more of them than a few thousand.
    """
    written = str(text)
    if not (written.isascii() and written.isdigit()) or len(written) > len(str(most)):
        return None
    number = int(written)
    return number if number <= most else None
