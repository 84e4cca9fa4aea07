"""Who gets an attached file: whoever sees its post now, and nobody else (A3, A5, A13).

Each condition in `attachments/access.py` was taken away by itself and a test here failed: the post's state, `visible_to_viewer`,
the held post's author, the membership of who hasn't sent it yet, who that is, `removed_at`, and the name in the address.
"""

import io
import re
from collections.abc import Callable

import pytest
from flask import Flask
from sqlalchemy import update

from forum.content.models import Attachment, Post, PostState
from forum.core.db import db, transaction
from forum.core.time import now
from forum.people.models import Person
from forum.spaces.models import Audience, Item, ItemState, Membership
from tests import factories
from tests.cast import Browserless, Cast

pytestmark = pytest.mark.both_databases
AsPerson = Callable[[Person], Browserless]
TOKEN = re.compile(r'csrf[-_]token" (?:content|value)="[^"]*"')  # another one each second
EVERYBODY = ("steward", "organiser", "champion", "colleague", "reader", "outsider", "former", "insider", "admin")
MEMBERS = {"steward", "organiser", "champion", "colleague", "reader"}


@pytest.fixture
def attached(app: Flask, cast: Cast) -> Attachment:
    """Give a picture that the champion attached to a post in the private space of the insider's."""
    with app.app_context():
        for name in sorted(MEMBERS):
            factories.make_membership(cast.night_desk, getattr(cast, name))
        factories.make_membership(cast.night_desk, cast.former, ended_at=now())
        thread = factories.make_thread(cast.night_desk, author=cast.champion)
        post = factories.make_post(thread, author=cast.champion)
        data = factories.picture_bytes()
        return factories.make_attachment(
            cast.night_desk,
            by=cast.champion,
            to=post,
            name="bins.png",
            data=data,
            alt="Bins",
            media_type="image/png",
            width=60,
            height=40,
        )


def who_gets(cast: Cast, as_person: AsPerson, url: str) -> set[str]:
    found = {name: as_person(getattr(cast, name)).get(url).status_code for name in EVERYBODY}
    assert set(found.values()) <= {200, 404}
    return {name for name, status in found.items() if status == 200}


def change(app: Flask, model: type[Post] | type[Item] | type[Membership] | type[Attachment], **values: object) -> None:
    """Change every row of a table: there is one thread, one post that matters and one file."""
    with app.app_context(), transaction():
        db.session.execute(update(model).values(**values))


def test_members_get_it_and_nobody_else(cast: Cast, as_person: AsPerson, attached: Attachment) -> None:
    """A3, A13."""
    assert who_gets(cast, as_person, attached.url) == MEMBERS | {"insider"}


def test_whoever_is_not_signed_in_is_asked_to(app: Flask, attached: Attachment) -> None:
    answer = app.test_client().get(attached.url)
    assert (answer.status_code, answer.location.partition("?")[0]) == (303, "/sign-in")


@pytest.mark.parametrize(
    "state, seen_by",
    [(PostState.HELD, {"champion", "insider"}), (PostState.HIDDEN, {"insider"}), (PostState.REMOVED, set())],
)
def test_it_goes_where_its_post_goes(
    app: Flask, cast: Cast, as_person: AsPerson, attached: Attachment, state: PostState, seen_by: set[str]
) -> None:
    """A5, A13: held for approval, its author has it and whoever decides about it; hidden, those alone; removed, nobody."""
    change(app, Post, state=state, gone_at=now() if state is PostState.REMOVED else None)
    assert who_gets(cast, as_person, attached.url) == seen_by


def test_it_goes_where_its_item_goes(app: Flask, cast: Cast, as_person: AsPerson, attached: Attachment) -> None:
    """A3: an item for organisers, which its author sees too, and one that is hidden."""
    change(app, Item, audience=Audience.ORGANISERS)
    assert who_gets(cast, as_person, attached.url) == {"insider", "champion"}
    change(app, Item, audience=Audience.SPACE, state=ItemState.HIDDEN)
    assert who_gets(cast, as_person, attached.url) == set()


def test_a_member_who_is_removed_loses_it_at_the_next_request(
    app: Flask, cast: Cast, as_person: AsPerson, attached: Attachment
) -> None:
    """A3: also who attached it, and though their browser has a copy that it asks about."""
    carla = as_person(cast.champion)
    first = carla.get(attached.url)
    assert carla.get(attached.url, headers={"If-None-Match": first.headers["ETag"]}).status_code == 304
    change(app, Membership, ended_at=now())
    assert carla.get(attached.url, headers={"If-None-Match": first.headers["ETag"]}).status_code == 404


def test_what_is_not_sent_yet_is_its_owners_alone(app: Flask, cast: Cast, as_person: AsPerson) -> None:
    """A13: and theirs only while they are a member."""
    with app.app_context():
        row = factories.make_attachment(cast.champions, by=cast.champion, place="reply:0000000000")
    assert who_gets(cast, as_person, row.url) == {"champion"}
    change(app, Membership, ended_at=now())
    assert who_gets(cast, as_person, row.url) == set()


def test_what_was_taken_out_is_nobodys(app: Flask, cast: Cast, as_person: AsPerson, attached: Attachment) -> None:
    change(app, Attachment, removed_at=now())
    assert who_gets(cast, as_person, attached.url) == set()


def test_missing_and_forbidden_look_the_same(app: Flask, cast: Cast, as_person: AsPerson, attached: Attachment) -> None:
    """A1: byte for byte, but for the time."""
    otto = as_person(cast.outsider)
    forbidden, missing = (otto.get(path).text for path in (attached.url, "/attachments/0000000000/bins.png"))
    assert TOKEN.sub("", forbidden) == TOKEN.sub("", missing)


@pytest.mark.parametrize("name", ["other.png", "bins.html", "bins.png/", "..", "bins.PNG"])
def test_only_its_own_name_opens_it(cast: Cast, as_person: AsPerson, attached: Attachment, name: str) -> None:
    """A13: nobody makes a link to it that claims to be something else."""
    assert as_person(cast.champion).get(f"/attachments/{attached.ref}/{name}").status_code == 404


def test_a_picture_is_shown_and_runs_nothing(cast: Cast, as_person: AsPerson, attached: Attachment) -> None:
    """A13: its type as it was found, no guessing, no origin of its own, and no other site may use it."""
    answer = as_person(cast.champion).get(attached.url)
    assert answer.mimetype == "image/png"
    assert answer.data == factories.picture_bytes()
    assert answer.headers["Content-Disposition"] == "inline; filename=bins.png; filename*=UTF-8''bins.png"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Content-Security-Policy"] == "default-src 'none'; frame-ancestors 'none'; sandbox"
    assert answer.headers["Cache-Control"] == "private, no-cache"
    assert answer.headers["Cross-Origin-Resource-Policy"] == "same-origin"


def test_anything_else_is_saved_and_never_shown(app: Flask, cast: Cast, as_person: AsPerson) -> None:
    """A13: words that are HTML in all but name stay words."""
    with app.app_context():
        row = factories.make_attachment(
            cast.champions, by=cast.champion, place="reply:0000000000", name="ünï 日.txt", data=b"<b>Words.</b>"
        )
    answer = as_person(cast.champion).get(row.url)
    assert answer.mimetype == "text/plain"
    assert (
        answer.headers["Content-Disposition"]
        == "attachment; filename=uni.txt; filename*=UTF-8''%C3%BCn%C3%AF%20%E6%97%A5.txt"
    )
    assert answer.headers["X-Content-Type-Options"] == "nosniff"


def test_bytes_that_are_gone_are_not_found(app: Flask, cast: Cast, as_person: AsPerson, attached: Attachment) -> None:
    """H2: a backup without them is no 500."""
    change(app, Attachment, sha256="0" * 64)
    assert as_person(cast.champion).get(attached.url).status_code == 404


@pytest.mark.parametrize("who", ["reader", "outsider", "former", "insider"])
def test_who_may_not_write_attaches_nothing(app: Flask, cast: Cast, as_person: AsPerson, who: str) -> None:
    """A1: with a form made by hand, too."""
    with app.app_context():
        thread = factories.make_thread(cast.champions, author=cast.champion)
        url = f"/s/champions/threads/{db.session.get_one(Item, thread.id).ref}"
    for path in (f"{url}/attach", f"{url}/posts/1/attach", "/s/champions/threads/new/attach"):
        answer = as_person(getattr(cast, who)).send(path, body="x", files=[(io.BytesIO(b"Words."), "a.txt")])
        assert answer.status_code == 403, path
    with app.app_context():
        assert db.session.query(Attachment).count() == 0
