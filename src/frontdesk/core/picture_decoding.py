"""How a picture is unpacked and written anew. Loads Pillow: import it through core/pictures only."""

import math
from io import BytesIO
from typing import Any

from PIL import Image, ImageOps, ImageSequence

from frontdesk.core.pictures import NotAPicture, Picture

LARGEST_SOURCE = 120_000_000  # pixels; photographs can be unpacked at a fraction of their size
LARGEST_UNPACKED = 40_000_000
LARGEST_RESULT = 16_000_000
MOST_FRAMES = 200
LARGEST_ANIMATION = 60_000_000  # pixels of all frames together


def decoded(data: bytes, formats: tuple[str, ...], within: tuple[int, int] | None, *, moving: bool) -> Picture:
    """What `pictures.remake` promises, except that decoders raise what they like."""
    with Image.open(BytesIO(data), formats=formats) as source:
        width, height = source.size
        if not 0 < width * height <= LARGEST_SOURCE:
            raise NotAPicture("pixels")
        # Pictures of several views (MPO, from phones) are photographs like others.
        kind = "JPEG" if source.format == "MPO" else source.format or ""
        factor = _factor(width, height, within)
        if kind == "JPEG":
            source.draft("RGB", (math.ceil(width * factor), math.ceil(height * factor)))
        if source.width * source.height > LARGEST_UNPACKED:
            raise NotAPicture("pixels")
        if moving and kind == "GIF" and getattr(source, "is_animated", False):
            animation = _animation(source)
            if animation:
                return animation
        result = "JPEG" if kind == "JPEG" else "WEBP" if kind in {"WEBP", "AVIF"} else "PNG"
        return _encoded(_fitted(source, within), result)


def _factor(width: int, height: int, within: tuple[int, int] | None) -> float:
    by_area = math.sqrt(LARGEST_RESULT / (width * height))
    return min(1.0, by_area, *((within[0] / width, within[1] / height) if within else ()))


def _fitted(source: Image.Image, within: tuple[int, int] | None) -> Image.Image:
    """The first frame: turned as it was meant, in plain colours, not larger than it may be."""
    image = ImageOps.exif_transpose(source)
    has_alpha = image.has_transparency_data
    image = image.convert("RGBA" if has_alpha else "L" if image.mode in {"1", "L"} else "RGB")
    factor = _factor(image.width, image.height, within)
    if factor < 1:
        image = image.resize((max(1, round(image.width * factor)), max(1, round(image.height * factor))))
    image.info = {}  # comments, profiles and the like would be written again
    return image


def _encoded(image: Image.Image, kind: str) -> Picture:
    target = BytesIO()
    if kind == "JPEG":
        image.convert("RGB" if image.mode == "RGBA" else image.mode).save(target, kind, quality=88, optimize=True)
    elif kind == "WEBP":
        image.save(target, kind, quality=88, method=3)
    else:
        image.save(target, kind, compress_level=6)
    return Picture(target.getvalue(), kind, image.width, image.height)


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
    return Picture(target.getvalue(), "GIF", source.width, source.height)
