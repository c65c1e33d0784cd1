"""Pictures from strangers, made anew: only what they show is taken over, so that nothing hidden comes along.

Metadata (places, cameras, names) is gone; the size is read before anything is unpacked; photographs stand upright.
"""

import threading
from dataclasses import dataclass

FORMATS = ("PNG", "JPEG", "GIF", "WEBP", "BMP", "TIFF", "AVIF")
# Unpacking takes 160 MB at the worst: never in all threads at once.
_turns = threading.BoundedSemaphore(2)


class NotAPicture(Exception):
    """It is damaged, of a kind that browsers do not show, or unpacks to more than we can take."""


@dataclass(frozen=True)
class Picture:
    """A picture as we made it; its format is one of PNG, JPEG, GIF and WEBP."""

    data: bytes
    format: str
    width: int
    height: int

    @property
    def content_type(self) -> str:
        return f"image/{self.format.lower()}"


def remake(
    data: bytes, *, formats: tuple[str, ...] = FORMATS, within: tuple[int, int] | None = None, moving: bool = True
) -> Picture:
    """The same picture, encoded by us. Photographs stay JPEG; animations GIF, or their first frame unless `moving`.

    It is made smaller if it is wider or higher (in pixels) than `within`. Raises NotAPicture, and nothing else.
    """
    from frontdesk.core import picture_decoding  # noqa: PLC0415 - a web process starts without Pillow

    with _turns:
        try:
            return picture_decoding.decoded(data, formats, within, moving=moving)
        except NotAPicture:
            raise
        except Exception as problem:  # noqa: BLE001 - decoders raise everything there is, for hostile bytes
            raise NotAPicture(type(problem).__name__) from None
