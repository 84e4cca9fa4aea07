"""Making a picture anew: only its pixels come along. Runs in the child process, which alone imports Pillow.

What a camera writes beside the picture (where it was taken, when, with what) is gone, and so is whatever hides behind the pixels.
"""

import contextlib
import io
from pathlib import Path
from typing import Any

from PIL import Image, ImageCms, ImageOps, ImageSequence, UnidentifiedImageError

from forum.core.files.kinds import Examined, Refused, Why

MOST_PIXELS = 50_000_000  # a large phone's photo; all frames of an animation together
LONGEST_SIDE = 16_000
KEPT_PHOTO = 4_000_000  # pixels; twice what a page shows
KEPT_DRAWING = 8_500_000  # a whole large screen, so that its small type stays readable
FORMATS = {"image/png": "PNG", "image/jpeg": "JPEG", "image/webp": "WEBP", "image/gif": "GIF"}
SAVED: dict[str, dict[str, Any]] = {
    "PNG": {},
    "JPEG": {"quality": 84, "optimize": True, "progressive": True},
    "WEBP": {"quality": 84},
    "GIF": {},
}
BROKEN = (UnidentifiedImageError, OSError, SyntaxError, ValueError, EOFError, IndexError, TypeError, OverflowError)


def remake(source: Path, target: Path, *, media_type: str) -> Examined:
    """Write the picture at `source` anew to `target`, turned as it is meant to be seen. Raises Refused."""
    kind = FORMATS[media_type]
    try:
        with Image.open(source, formats=[kind]) as picture:
            if picture.width * picture.height > MOST_PIXELS or max(picture.size) > LONGEST_SIDE:
                raise Refused(Why.PIXELS)
            if kind in {"GIF", "WEBP"} and getattr(picture, "is_animated", False):
                width, height = _animation(picture, target, kind=kind)
            else:
                width, height = _still(picture, target, kind=kind)
    except (MemoryError, Image.DecompressionBombError) as error:
        raise Refused(Why.PIXELS) from error
    except BROKEN as error:
        raise Refused(Why.BROKEN) from error
    return Examined(media_type=media_type, width=width, height=height)


def _still(picture: Image.Image, target: Path, *, kind: str) -> tuple[int, int]:
    size = _fitting(picture.size, most=KEPT_PHOTO if kind == "JPEG" else KEPT_DRAWING)
    picture.draft("RGB", size)  # of a JPEG, no more is decoded than is kept
    if picture.mode in {"P", "1"}:  # a picture of few colours is made smaller in many, or its lines break
        picture = picture.convert("RGBA" if picture.has_transparency_data else "RGB")
    picture.thumbnail(size)
    made = _in_plain_colours(ImageOps.exif_transpose(picture), kind=kind)
    made.save(target, format=kind, **SAVED[kind])
    return made.size


def _animation(picture: Image.Image, target: Path, *, kind: str) -> tuple[int, int]:
    frames: int = getattr(picture, "n_frames", 1)
    if picture.width * picture.height * frames > MOST_PIXELS:
        raise Refused(Why.PIXELS)
    durations, kept = [], []
    for frame in ImageSequence.Iterator(picture):
        durations.append(int(frame.info.get("duration", 100)))
        kept.append(_bare(frame.convert("RGBA")))
    kept[0].save(
        target,
        format=kind,
        save_all=True,
        append_images=kept[1:],
        duration=durations,
        loop=0,
        disposal=2,
        **SAVED[kind],
    )
    return kept[0].size


def _fitting(size: tuple[int, int], *, most: int) -> tuple[int, int]:
    """Return the size with at most `most` pixels: a long, narrow picture stays as readable as a square one."""
    width, height = size
    share = min(1.0, (most / (width * height)) ** 0.5)
    return max(1, round(width * share)), max(1, round(height * share))


def _in_plain_colours(picture: Image.Image, *, kind: str) -> Image.Image:
    """Return the picture in the colours of screens, in a mode that its format takes, and without anything else."""
    profile = picture.info.get("icc_profile")
    if profile and picture.mode in {"RGB", "RGBA"}:
        with contextlib.suppress(ImageCms.PyCMSError, OSError, ValueError):
            source = ImageCms.ImageCmsProfile(io.BytesIO(profile))
            turned = ImageCms.profileToProfile(picture, source, ImageCms.createProfile("sRGB"))
            picture = turned or picture
    if kind == "JPEG":
        return _bare(picture if picture.mode in {"RGB", "L"} else picture.convert("RGB"))
    has_holes = picture.has_transparency_data
    if picture.mode not in {"RGB", "RGBA", "L"}:
        picture = picture.convert("RGBA" if has_holes else "RGB")
    return _bare(picture)


def _bare(picture: Image.Image) -> Image.Image:
    """Return the picture without what formats carry along: EXIF, profiles, comments, previews."""
    picture.info = {name: value for name, value in picture.info.items() if name == "transparency"}
    return picture
