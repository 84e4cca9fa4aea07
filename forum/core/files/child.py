"""The child process: `python -m forum.core.files.child SOURCE TARGET`. It limits itself, looks, and answers with one line of JSON."""

import contextlib
import json
import os
import resource
import sys
from dataclasses import asdict
from pathlib import Path

from forum.core.files.kinds import KINDS, Examined, Refused, Why

PROCESSOR = 15  # seconds; a photo takes one or two
MEMORY = 1 << 30  # bytes of address space; the largest picture that is let in takes about a third
LARGEST = 64 << 20  # bytes that it may write


def limit() -> None:
    """Give up, before the first byte is read, whatever a harmless file doesn't need."""
    os.nice(5)  # answering requests goes first
    with contextlib.suppress(OSError, ValueError):  # macOS refuses this one
        resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (PROCESSOR, PROCESSOR))
    resource.setrlimit(resource.RLIMIT_FSIZE, (LARGEST, LARGEST))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))  # people's files don't belong in a core file


def look(source: Path, target: Path) -> Examined:
    """Say what `source` is; a picture is made anew at `target`. Raises Refused."""
    from forum.core.files.sniffing import media_type_of  # noqa: PLC0415  # the limits go first

    media_type = media_type_of(source)
    if not KINDS[media_type].is_picture:
        return Examined(media_type=media_type)
    from forum.core.files.pictures import remake  # noqa: PLC0415  # only pictures pay for the library

    return remake(source, target, media_type=media_type)


def main(source: str, target: str) -> None:
    """Look, and print the answer."""
    limit()
    try:
        answer: dict[str, object] = asdict(look(Path(source), Path(target)))
    except Refused as refused:
        answer = {"why": refused.why}
    except MemoryError:
        answer = {"why": Why.PIXELS}
    sys.stdout.write(json.dumps(answer))


if __name__ == "__main__":
    main(*sys.argv[1:])
