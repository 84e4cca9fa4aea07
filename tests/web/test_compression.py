"""Pages in fewer bytes, for whoever takes them so, and no secret in their length."""

import gzip
import time
from collections.abc import Callable

import brotli
import pytest
from flask import Flask, Response
from sqlalchemy import select

from forum.content.models import Post
from forum.core.db import db
from forum.people.models import Person
from forum.spaces.models import Item, Membership, Role, Space
from forum.web import compression
from tests import factories
from tests.cast import Browserless, Cast
from tests.content.steps import address

AsPerson = Callable[[Person], Browserless]
MOST_PLAIN, MOST_COMPRESSED = 40_000, 10_000
UNPACK = {"br": brotli.decompress, "gzip": gzip.decompress, None: bytes}


@pytest.fixture
def page(app: Flask, cast: Cast) -> str:
    """Give the address of a thread."""
    with app.app_context():
        return address(app, factories.make_thread(cast.champions, author=cast.champion, posts=5))


@pytest.mark.parametrize(
    "accepted, name",
    [
        ("gzip, deflate, br, zstd", "br"),
        ("gzip, deflate", "gzip"),
        ("br;q=0, gzip", "gzip"),
        ("", None),
        ("identity", None),
        ("br;q=0, gzip;q=0", None),
    ],
)
def test_a_page_is_sent_as_the_browser_takes_it(
    cast: Cast, as_person: AsPerson, page: str, accepted: str, name: str | None
) -> None:
    """And caches that look are told that it differs."""
    answer = as_person(cast.colleague).get(page, headers={"Accept-Encoding": accepted})
    assert answer.headers.get("Content-Encoding") == name
    assert "Accept-Encoding" in answer.headers["Vary"]
    assert int(answer.headers["Content-Length"]) == len(answer.data)
    assert UNPACK[name](answer.data).startswith(b"<!doctype html>")


@pytest.mark.own_app
def test_what_is_small_or_compressed_or_of_another_type_is_left_alone(app: Flask, client: Browserless) -> None:
    """A stream is never kept back until its end."""
    answers = {
        "small": Response("<p>small</p>", mimetype="text/html"),
        "text": Response("x" * 5000, mimetype="text/plain"),
        "streamed": Response(("x" * 100 for _part in range(100)), mimetype="text/html"),
        "done": Response("x" * 5000, mimetype="text/html", headers={"Content-Encoding": "zstd"}),
        "json": Response("[" + "1," * 5000 + "1]", mimetype="application/json"),
    }
    app.add_url_rule("/answers/<name>", "answers", lambda name: answers[name])
    for name in answers:
        got = client.get(f"/answers/{name}", headers={"Accept-Encoding": "br"}).headers.get("Content-Encoding")
        assert got == {"json": "br", "done": "zstd"}.get(name), name


@pytest.mark.parametrize(
    "headers", [{"Sec-Fetch-Site": "cross-site"}, {"Sec-Fetch-Site": "same-site"}, {"Referer": "https://evil.example/"}]
)
def test_who_is_led_here_by_another_site_gets_the_page_as_it_is(
    cast: Cast, as_person: AsPerson, page: str, headers: dict[str, str]
) -> None:
    """BREACH: the attacker's page makes the requests."""
    answer = as_person(cast.colleague).get(page, headers={"Accept-Encoding": "br", **headers})
    assert "Content-Encoding" not in answer.headers


def test_the_length_of_the_same_page_differs_each_time(cast: Cast, as_person: AsPerson, page: str) -> None:
    """BREACH: padding of random length."""
    colin = as_person(cast.colleague)
    answers = [colin.get(page, headers={"Accept-Encoding": "br"}) for _time in range(12)]
    paddings = {len(answer.headers["X-Padding"]) for answer in answers}
    assert len(paddings) > 2
    assert max(paddings) <= compression.MOST_PADDING


@pytest.mark.demo
@pytest.mark.parametrize("name", ["br", "gzip"])
def test_the_demo_s_page_of_twenty_posts_is_under_ten_kilobytes(app: Flask, as_person: AsPerson, name: str) -> None:
    """LOOK: for the steward, who sees the most presses. Compressing it takes milliseconds."""
    with app.app_context():
        space_id, slug, ref = db.session.execute(
            select(Item.space_id, Space.slug, Item.ref)
            .join(Space, Space.id == Item.space_id)
            .join(Post, Post.item_id == Item.id)
            .where(Post.number == 20)
        ).first() or pytest.fail("no thread of the demo has twenty posts")
        steward = db.session.scalars(
            select(Person)
            .join(Membership, Membership.person_id == Person.id)
            .where(Membership.space_id == space_id, Membership.role == Role.STEWARD)
        ).first()
    assert steward is not None
    client = as_person(steward)
    plain = client.get(f"/s/{slug}/threads/{ref}/")
    answer = client.get(f"/s/{slug}/threads/{ref}/", headers={"Accept-Encoding": name})
    assert answer.headers["Content-Encoding"] == name
    assert plain.text.count("data-post=") >= 20 or plain.text.count('id="p') >= 20
    assert len(plain.data) < MOST_PLAIN
    assert len(answer.data) < MOST_COMPRESSED
    print(f"\n{name}: {len(plain.data)} bytes, compressed {len(answer.data)}")  # noqa: T201  # for `pytest -s`
    start = time.process_time()
    for _time in range(10):
        brotli.compress(plain.data, quality=compression.BROTLI)
        gzip.compress(plain.data, compresslevel=compression.GZIP)
    assert (time.process_time() - start) / 10 < 0.02
