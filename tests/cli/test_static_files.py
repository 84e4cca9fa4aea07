"""Static files: quick, small, and with the same headers as everything else."""

import gzip
import os
from pathlib import Path

import brotli
import pytest
from werkzeug.test import Client

from forum.cli.static_files import FOR_GOOD, StaticFiles
from forum.web.headers import CSP
from forum.web.rendering import version_of


def beyond(_environ: object, start_response: object) -> list[bytes]:
    """Answer as the app behind the static files."""
    start_response("404 Not Found", [("Content-Type", "text/plain")])  # type: ignore[operator]
    return [b"the app"]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with a style sheet, a font, and a neighbour that is nobody's business."""
    static = tmp_path / "static"
    (static / "css").mkdir(parents=True)
    (static / "css" / "base.css").write_text("body { color: black }\n" * 200)
    (static / "font.woff2").write_bytes(b"font")
    (tmp_path / "secret.txt").write_text("secret")
    return static


@pytest.fixture
def client(folder: Path) -> Client:
    """Somebody who asks for them."""
    return Client(StaticFiles(beyond, folder=folder, https=True, follow=False))


def test_a_versioned_address_may_be_kept_for_good_and_any_other_is_asked_for_again(client: Client) -> None:
    version = version_of(client.get("/static/css/base.css").data)
    assert client.get(f"/static/css/base.css?v={version}").headers["Cache-Control"] == FOR_GOOD
    for other in ("abc", version[:-1], ""):  # an older page's address, while the server is being replaced
        assert client.get(f"/static/css/base.css?v={other}").headers["Cache-Control"] == "no-cache"
    assert client.get("/static/font.woff2").headers["Cache-Control"] == FOR_GOOD
    first = client.get("/static/css/base.css")
    assert first.headers["Cache-Control"] == "no-cache"
    again = client.get("/static/css/base.css", headers={"If-None-Match": first.headers["ETag"]})
    assert again.status_code == 304
    assert again.data == b""


def test_text_is_compressed_as_the_browser_can_read_it(client: Client, folder: Path) -> None:
    plain = (folder / "css" / "base.css").read_bytes()
    small = client.get("/static/css/base.css", headers={"Accept-Encoding": "gzip, br"})
    assert small.headers["Content-Encoding"] == "br"
    assert brotli.decompress(small.data) == plain
    older = client.get("/static/css/base.css", headers={"Accept-Encoding": "gzip, br;q=0"})
    assert gzip.decompress(older.data) == plain
    oldest = client.get("/static/css/base.css")
    assert (oldest.data, oldest.headers.get("Content-Encoding")) == (plain, None)
    assert len({answer.headers["ETag"] for answer in (small, older, oldest)}) == 3
    assert small.headers["Vary"] == "Accept-Encoding"
    assert int(small.headers["Content-Length"]) == len(small.data)


def test_a_font_is_sent_as_it_is(client: Client) -> None:
    font = client.get("/static/font.woff2", headers={"Accept-Encoding": "br"})
    assert font.data == b"font"
    assert font.headers["Content-Type"] == "font/woff2"


def test_every_answer_carries_the_headers_of_all_others(client: Client) -> None:
    """A11."""
    for answer in (client.get("/static/css/base.css"), client.head("/static/font.woff2")):
        assert answer.headers["Content-Security-Policy"] == CSP
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert "Strict-Transport-Security" in answer.headers


@pytest.mark.parametrize(
    "address",
    [
        "/static/../secret.txt",
        "/static/%2e%2e/secret.txt",
        "/static//css/base.css",
        "/static/",
        "/static/css",
        "/statics",
        "/",
    ],
)
def test_nothing_but_the_folder_s_files_can_be_asked_for(client: Client, address: str) -> None:
    assert client.get(address).data == b"the app"


def test_what_isn_t_asking_is_the_app_s_affair(client: Client) -> None:
    assert client.post("/static/css/base.css").data == b"the app"


def test_a_changed_file_is_noticed_where_people_work_on_them(folder: Path) -> None:
    client = Client(StaticFiles(beyond, folder=folder, https=False, follow=True))
    assert client.get("/static/font.woff2").data == b"font"
    (folder / "font.woff2").write_bytes(b"better")
    os.utime(folder / "font.woff2", ns=(1, 1))
    (folder / "new.css").write_text("p {}")
    assert client.get("/static/font.woff2").data == b"better"
    assert client.get("/static/new.css").data == b"p {}"
    (folder / "new.css").unlink()
    assert client.get("/static/new.css").data == b"the app"
