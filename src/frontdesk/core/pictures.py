"""Pictures from strangers, made anew: only what they show is taken over, so that nothing hidden comes along.

Metadata (places, cameras, names) is gone; the size is read before anything is unpacked; photographs stand upright.
"""

import math
import threading
from dataclasses import dataclass
from io import BytesIO
from typing import Any

from PIL import Image, ImageOps, ImageSequence

FORMATS = ("PNG", "JPEG", "GIF", "WEBP", "BMP", "TIFF", "AVIF")
TYPES = {"PNG": "image/png", "JPEG": "image/jpeg", "GIF": "image/gif", "WEBP": "image/webp"}
LARGEST_SOURCE = 120_000_000  # pixels; photographs can be unpacked at a fraction of their size
LARGEST_UNPACKED = 40_000_000
LARGEST_RESULT = 16_000_000
MOST_FRAMES = 200
LARGEST_ANIMATION = 60_000_000  # pixels of all frames together
# Unpacking takes 160 MB at the worst: never in all threads at once.
_turns = threading.BoundedSemaphore(2)


class NotAPicture(Exception):
    """It is damaged, of a kind that browsers do not show, or unpacks to more than we can take."""


@dataclass(frozen=True)
class Picture:
    """A picture as we made it."""

    data: bytes
    content_type: str
    width: int
    height: int


def remake(data: bytes) -> Picture:
    """The same picture, encoded by us. Photographs stay JPEG, animations GIF. Raises NotAPicture, and nothing else."""
    with _turns:
        try:
            with Image.open(BytesIO(data), formats=FORMATS) as source:
                return _remade(source)
        except NotAPicture:
            raise
        except Exception as problem:  # noqa: BLE001 - decoders raise everything there is, for hostile bytes
            raise NotAPicture(type(problem).__name__) from None


def _remade(source: Image.Image) -> Picture:
    width, height = source.size
    if not 0 < width * height <= LARGEST_SOURCE:
        raise NotAPicture("pixels")
    kind = source.format or ""
    if kind == "JPEG":
        factor = _factor(width, height, LARGEST_RESULT)
        source.draft("RGB", (math.ceil(width * factor), math.ceil(height * factor)))
    if source.width * source.height > LARGEST_UNPACKED:
        raise NotAPicture("pixels")
    if kind == "GIF" and getattr(source, "is_animated", False):
        animation = _animation(source)
        if animation:
            return animation
    return _encoded(_fitted(source), "JPEG" if kind == "JPEG" else "WEBP" if kind in {"WEBP", "AVIF"} else "PNG")


def _fitted(source: Image.Image) -> Image.Image:
    """The first frame: turned as it was meant, in plain colours, of at most LARGEST_RESULT pixels."""
    image = ImageOps.exif_transpose(source)
    has_alpha = image.has_transparency_data
    image = image.convert("RGBA" if has_alpha else "L" if image.mode in {"1", "L"} else "RGB")
    factor = _factor(image.width, image.height, LARGEST_RESULT)
    if factor < 1:
        image = image.resize((max(1, int(image.width * factor)), max(1, int(image.height * factor))))
    image.info = {}  # comments, profiles and the like would be written again
    return image


def _factor(width: int, height: int, most: int) -> float:
    return min(1.0, math.sqrt(most / (width * height)))


def _encoded(image: Image.Image, kind: str) -> Picture:
    target = BytesIO()
    if kind == "JPEG":
        image.convert("RGB" if image.mode == "RGBA" else image.mode).save(target, kind, quality=88, optimize=True)
    elif kind == "WEBP":
        image.save(target, kind, quality=88, method=3)
    else:
        image.save(target, kind, compress_level=6)
    return Picture(target.getvalue(), TYPES[kind], image.width, image.height)


def _animation(source: Image.Image) -> Picture | None:
    """The animation, if it is a reasonable one; of any other the first frame is enough."""
    frames: list[Image.Image] = []
    durations: list[int] = []
    area = source.width * source.height
    for frame in ImageSequence.Iterator(source):
        if len(frames) == MOST_FRAMES or (len(frames) + 1) * area > LARGEST_ANIMATION:
            source.seek(0)
            return None
        frames.append(frame.convert("RGBA").convert("P", palette=Image.Palette.ADAPTIVE))
        frames[-1].info = {}
        durations.append(int(frame.info.get("duration", 100)))
    shown: dict[str, Any] = {"loop": 0} if "loop" in source.info else {}
    target = BytesIO()
    frames[0].save(target, "GIF", save_all=True, append_images=frames[1:], duration=durations, disposal=2, **shown)
    return Picture(target.getvalue(), TYPES["GIF"], source.width, source.height)
