"""Pictures for tests."""

from io import BytesIO

from PIL import Image


def picture(kind: str = "PNG", width: int = 40, height: int = 30, mode: str = "RGB", **options: object) -> bytes:
    """A picture of one colour."""
    target = BytesIO()
    Image.new(mode, (width, height), 120 if mode in {"1", "L", "P", "I;16"} else (90, 120, 200, 90)[: len(mode)]).save(
        target,
        kind,
        **options,
    )
    return target.getvalue()


def png(width: int = 40, height: int = 30) -> bytes:
    """A PNG."""
    return picture("PNG", width, height)
