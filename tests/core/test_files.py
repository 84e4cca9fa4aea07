"""What a file is, what becomes of a picture, and how files lie on disk (A13)."""

import io
import signal
import subprocess
import sys
import threading
import time
import zipfile
from pathlib import Path

import pytest
from PIL import Image

from forum.core.files import Examined, Refused, Store, Why, address_name, clean_name, examine, examining
from tests.factories import picture_bytes

OFFICE = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
ODT = "application/vnd.oasis.opendocument.text"
SECRET = b"51 degrees 30 minutes"


def looked_at(tmp_path: Path, data: bytes) -> tuple[Examined, Path]:
    """Examine bytes; return what they are and where the picture made of them lies."""
    source, target = tmp_path / "source", tmp_path / "target"
    source.write_bytes(data)
    return examine(source, target), target


def why(tmp_path: Path, data: bytes) -> Why:
    with pytest.raises(Refused) as refused:
        looked_at(tmp_path, data)
    return refused.value.why


def archive(*names: str, **held: str) -> bytes:
    """Return an archive with parts of these names; `held` by name without its dots."""
    whole = io.BytesIO()
    with zipfile.ZipFile(whole, "w") as file:
        for name in names:
            file.writestr(name, held.get(name.strip("[]").split(".")[0], "x"))
    return whole.getvalue()


def picture(mode: str = "RGB", size: tuple[int, int] = (60, 40), kind: str = "PNG", **others: object) -> bytes:
    held = io.BytesIO()
    Image.new(mode, size).save(held, kind, **others)
    return held.getvalue()


@pytest.mark.parametrize(
    "data, media_type",
    [
        (picture(), "image/png"),
        (picture(kind="JPEG"), "image/jpeg"),
        (picture(kind="WEBP"), "image/webp"),
        (picture("P", kind="GIF"), "image/gif"),
        (b"%PDF-1.7\n...", "application/pdf"),
        ("Wörter, €5".encode(), "text/plain"),
        ("Wörter, €5".encode("cp1252"), "text/plain"),
        ("Wörter, €5".encode("utf-16"), "text/plain"),
        (b"a < b && c > d, <b>bold</b>", "text/plain"),
        (archive("[Content_Types].xml", "word/document.xml"), OFFICE),
        (archive("mimetype", "content.xml", mimetype=ODT), ODT),
    ],
)  # fmt: skip
def test_a_file_is_what_its_bytes_say(tmp_path: Path, data: bytes, media_type: str) -> None:
    """A13."""
    assert looked_at(tmp_path, data)[0].media_type == media_type


@pytest.mark.parametrize(
    "data, reason",
    [
        (b"", Why.EMPTY),
        (b"\x00\x01\x02", Why.UNKNOWN),
        (b"MZ\x90\x00", Why.UNKNOWN),
        (b"<svg/>", Why.MARKUP),
        (b"\xef\xbb\xbf  <?xml version='1.0'?><svg/>", Why.MARKUP),
        ("<html>".encode("utf-16"), Why.MARKUP),
        (b"words and then <SCRIPT src=//evil>", Why.MARKUP),
        (archive("anything.txt"), Why.UNKNOWN),
        (archive("[Content_Types].xml", "word/document.xml", "word/vbaProject.bin"), Why.MACROS),
        (archive("[Content_Types].xml", "word/a", "xl/b"), Why.UNKNOWN),
        (archive("mimetype", mimetype="text/html"), Why.UNKNOWN),
        (archive(*map(str, range(5001))), Why.UNKNOWN),
        (b"PK\x03\x04 and no more", Why.BROKEN),
        (b"\x00\x00\x00\x18ftypheic", Why.HEIC),
        (picture_bytes()[:70], Why.BROKEN),
        (b"GIF89a<script>alert(1)</script>", Why.BROKEN),
        (picture("1", (8000, 8000)), Why.PIXELS),
        (picture("1", (20_000, 1)), Why.PIXELS),
    ],
)
def test_what_is_not_on_the_list_is_refused(tmp_path: Path, data: bytes, reason: Why) -> None:
    """A13: HTML and SVG in any disguise, programs, archives, macros, damaged files, pixel bombs."""
    assert why(tmp_path, data) == reason
    assert not (tmp_path / "target").exists() or reason is Why.BROKEN


def test_a_long_animation_is_a_pixel_bomb_too(tmp_path: Path) -> None:
    frames = [Image.new("P", (2000, 2000), number) for number in range(14)]
    held = io.BytesIO()
    frames[0].save(held, "GIF", save_all=True, append_images=frames[1:])
    assert why(tmp_path, held.getvalue()) == Why.PIXELS


def test_an_animation_stays_one(tmp_path: Path) -> None:
    frames = [Image.new("RGB", (20, 20), (number * 80, 0, 0)) for number in range(3)]
    held = io.BytesIO()
    frames[0].save(held, "GIF", save_all=True, append_images=frames[1:], comment=SECRET)
    _found, target = looked_at(tmp_path, held.getvalue())
    with Image.open(target) as made:
        assert getattr(made, "n_frames", 1) == 3
    assert SECRET not in target.read_bytes()


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_a_picture_says_nothing_but_its_pixels(tmp_path: Path, kind: str) -> None:
    """A13: no EXIF and no bytes behind the picture; it is turned as its camera meant it."""
    exif = Image.Exif()
    exif[0x0112], exif[0x010E] = 6, SECRET.decode()  # turned by a quarter; a description
    data = picture_bytes(kind, width=60, height=40, exif=exif.tobytes())
    assert SECRET in data
    found, target = looked_at(tmp_path, data + b"<script>" + SECRET)
    assert (found.width, found.height) == (40, 60)
    made = target.read_bytes()
    assert SECRET not in made
    assert b"<script>" not in made
    with Image.open(target) as picture_made:
        assert dict(picture_made.getexif()) == {}
        gold, navy = (picture_made.convert("RGB").getpixel((20, y)) for y in (5, 55))
    assert isinstance(gold, tuple)
    assert isinstance(navy, tuple)
    assert gold[0] > 200 > navy[0]


def test_a_large_photo_is_made_smaller(tmp_path: Path) -> None:
    found, _target = looked_at(tmp_path, picture(size=(4000, 3000), kind="JPEG"))
    assert found.width is not None
    assert found.height is not None
    assert 3_900_000 < found.width * found.height <= 4_010_000


def test_a_file_that_takes_too_long_ends_its_process_and_nothing_else(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """B7, A13: the clock is looked at from outside."""
    monkeypatch.setattr(examining, "WALL", 0.01)
    assert why(tmp_path, picture()) == Why.PIXELS


def test_the_child_limits_itself(tmp_path: Path) -> None:
    """A13: processor time, memory and what it writes; the kernel keeps it, whatever Pillow does."""
    code = (
        "from forum.core.files import child; child.PROCESSOR = 1; child.limit()\n"
        "try: bytearray(2 << 30)\nexcept MemoryError: print('bounded', flush=True)\nwhile True: pass"
    )
    root = str(Path(examining.__file__).parents[3])
    done = subprocess.run([sys.executable, "-c", code], cwd=root, capture_output=True, check=False, timeout=60)
    assert done.stdout == b"bounded\n"
    assert -done.returncode in {signal.SIGXCPU, signal.SIGKILL}


def test_the_child_knows_none_of_our_secrets(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A14: what is set for Baton is not handed on to who opens strangers' files."""
    asked = {}
    run = subprocess.run

    def noted(*words: object, **others: object) -> object:
        asked.update(others)
        return run(*words, **others)  # type: ignore[call-overload]  # handed on

    monkeypatch.setenv("BATON_SECRET_KEY", "secret")
    monkeypatch.setattr(subprocess, "run", noted)
    looked_at(tmp_path, picture())
    assert set(asked["env"]) == {"PYTHONPATH", "PYTHONDONTWRITEBYTECODE"}  # type: ignore[call-overload]


def test_only_a_few_files_are_looked_at_at_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """B7: the server's other threads go on answering, and whoever comes too many is told at once."""
    go_on = threading.Event()

    def slow(_source: Path, _target: Path) -> Examined:
        go_on.wait(60)
        return Examined(media_type="text/plain")

    monkeypatch.setattr(examining, "_asked", slow)
    threads = [threading.Thread(target=examine, args=(tmp_path, tmp_path)) for _ in range(4)]
    for thread in threads:
        thread.start()
    until = time.monotonic() + 10
    while examining._inside._value > 0 and time.monotonic() < until:
        time.sleep(0.01)
    begun = time.monotonic()
    with pytest.raises(Refused) as refused:
        examine(tmp_path, tmp_path)
    assert refused.value.why is Why.BUSY
    assert time.monotonic() - begun < 5
    go_on.set()
    for thread in threads:
        thread.join()


@pytest.mark.parametrize(
    "given, media_type, kept",
    [
        ("C:\\Users\\me\\list.csv", "text/plain", "list.csv"),
        ("a/b/../c.TXT", "text/plain", "c.TXT"),
        ("photo.html", "image/png", "photo.html.png"),
        ("photo.JPEG", "image/jpeg", "photo.JPEG"),
        (".htaccess", "text/plain", "htaccess.txt"),
        ("a\u202etxt.exe", "application/pdf", "atxt.exe.pdf"),
        ("nul\0byte.pdf", "application/pdf", "nulbyte.pdf"),
        ("line\r\nX-Header: 1.txt", "text/plain", "line X-Header- 1.txt"),
        ("", "image/gif", "file.gif"),
    ],
)
def test_a_name_fits_what_the_file_is(given: str, media_type: str, kept: str) -> None:
    """A12, A13."""
    assert clean_name(given, media_type=media_type) == kept


@pytest.mark.parametrize(
    "name, part", [("Größe (2).PNG", "grosse-2.png"), ("日本.pdf", "file.pdf"), ("a b.tar.csv", "a-b-tar.csv")]
)
def test_an_address_is_plain_letters(name: str, part: str) -> None:
    assert address_name(name) == part


def test_the_same_bytes_lie_on_disk_once(tmp_path: Path) -> None:
    store = Store(tmp_path / "kept")
    hashes = []
    for _time in range(2):
        with store.held(), store.arriving() as folder:
            path = folder / "file"
            path.write_bytes(b"Words.")
            hashes.append(store.keep(path))
    assert len(set(hashes)) == 1
    assert [sha256 for sha256, _path in store.kept()] == [hashes[0]]
    assert store.path_of(hashes[0]).read_bytes() == b"Words."
    assert list(store.incoming.iterdir()) == []


@pytest.mark.parametrize("name", ["../../etc/passwd", "", "A" * 64, "0" * 63])
def test_only_hashes_name_files(tmp_path: Path, name: str) -> None:
    """A13: no path is ever made of anything else."""
    with pytest.raises(ValueError, match="not a hash"):
        Store(tmp_path).path_of(name)


def test_the_cleaner_waits_for_those_who_bring_files(tmp_path: Path) -> None:
    """Planted: without the lock in `held`, the cleaner goes in between."""
    store, order = Store(tmp_path), []

    def clean() -> None:
        with store.held(alone=True):
            order.append("cleaned")

    with store.held():
        cleaner = threading.Thread(target=clean)
        cleaner.start()
        time.sleep(0.3)
        order.append("brought")
    cleaner.join()
    assert order == ["brought", "cleaned"]
    assert [path.name for path in tmp_path.iterdir()] == [".lock"]
