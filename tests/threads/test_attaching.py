"""Attaching by the pages: what is typed stays, what was attached goes with the post, and what is wrong is said (A13)."""

import io
from collections.abc import Callable
from pathlib import Path

import pytest
from flask import Flask
from PIL import Image
from sqlalchemy import select
from werkzeug.test import TestResponse

from forum.config import Settings
from forum.content.models import Attachment, Post
from forum.core.db import db, transaction
from forum.core.time import now
from forum.people.models import Person
from forum.spaces.models import LogEntry
from forum.threads.models import Thread
from tests import factories
from tests.cast import Browserless, Cast, csrf_token
from tests.content.steps import address
from tests.contracts.page_tree import parse

AsPerson = Callable[[Person], Browserless]
PNG = factories.picture_bytes()
SAID = "Please look at this."


@pytest.fixture
def thread(app: Flask, cast: Cast) -> Thread:
    """Give a thread of the champion's."""
    with app.app_context():
        return factories.make_thread(cast.champions, author=cast.champion, posts=2)


@pytest.fixture
def url(app: Flask, thread: Thread) -> str:
    """Give where it is found."""
    return address(app, thread)


def files(*named: tuple[str, bytes]) -> list[tuple[io.BytesIO, str]]:
    """Return files as a browser sends them."""
    return [(io.BytesIO(data), name) for name, data in named]


def attach(client: Browserless, url: str, *named: tuple[str, bytes], **fields: object) -> TestResponse:
    """Press "Attach" with files chosen."""
    return client.send(f"{url}attach", files=files(*named), **{"body": SAID, "draft_version": "0", **fields})


def attach_large(client: Browserless, url: str, data: bytes) -> TestResponse:
    """Likewise with one large PDF, in a body made by hand: the client's own leaves a file open for a large one."""
    fields = {"csrf_token": csrf_token(client), "body": SAID, "draft_version": "0"}
    parts = [f'--x\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{said}\r\n' for name, said in fields.items()]
    head = "".join(parts) + '--x\r\nContent-Disposition: form-data; name="files"; filename="large.pdf"\r\n\r\n'
    body = head.encode() + data + b"\r\n--x--\r\n"
    return client.post(f"{url}attach", data=body, content_type="multipart/form-data; boundary=x")


def rows(app: Flask) -> list[Attachment]:
    with app.app_context():
        return list(db.session.scalars(select(Attachment).order_by(Attachment.id)))


def errors(answer: TestResponse) -> str:
    found = [
        node.text for node in parse(answer.get_data(as_text=True)).all("div") if "data-problems" in node.attributes
    ]
    return " ".join(found)


def body_of(answer: TestResponse) -> str:
    written = parse(answer.get_data(as_text=True)).all("textarea")
    return next(node for node in written if node.attributes.get("name") == "body").text


@pytest.mark.both_databases
def test_a_picture_is_attached_described_and_shown(app: Flask, cast: Cast, as_person: AsPerson, url: str) -> None:
    """A13: without script. What was typed stays; the picture stands in the text, and is shown with its size and description."""
    colin = as_person(cast.colleague)
    page = attach(colin, url, ("My bins.PNG", PNG))
    assert page.status_code == 200, errors(page)
    [row] = rows(app)
    assert (row.name, row.media_type, row.width, row.height, row.post_id) == ("My bins.PNG", "image/png", 60, 40, None)
    body = body_of(page)
    assert body.startswith(SAID)
    assert f"![]({row.url})" in body
    assert f'name="alt-{row.ref}"' in page.get_data(as_text=True)

    unsaid = colin.send(url, body=body, draft_version="0", **{f"alt-{row.ref}": ""})
    assert unsaid.status_code == 422
    assert "Say what “My bins.PNG” shows" in errors(unsaid)
    assert f"![]({row.url})" in body_of(unsaid)

    sent = colin.send(url, body=f"{SAID}\n\n![]({row.url})", draft_version="0", **{f"alt-{row.ref}": 'Two "gold" bins'})
    assert sent.status_code == 303
    html = colin.get(url).get_data(as_text=True)
    assert f'<img src="{row.url}" alt="Two &quot;gold&quot; bins" width="60" height="40" loading="lazy">' in html
    assert 'class="files"' not in html


def test_a_picture_that_only_decorates_needs_no_description(
    app: Flask, cast: Cast, as_person: AsPerson, url: str
) -> None:
    colin = as_person(cast.colleague)
    attach(colin, url, ("line.png", PNG))
    [row] = rows(app)
    told = {f"alt-{row.ref}": "said too", f"decorative-{row.ref}": "1"}
    assert colin.send(url, body=f"![]({row.url})", draft_version="0", **told).status_code == 303
    assert f'<img src="{row.url}" alt="" ' in colin.get(url).get_data(as_text=True)
    assert (rows(app)[0].alt, rows(app)[0].is_decorative) == ("", True)


@pytest.mark.both_databases
def test_other_files_are_listed_below_the_post(app: Flask, cast: Cast, as_person: AsPerson, url: str) -> None:
    colin = as_person(cast.colleague)
    assert attach(colin, url, ("Rota.csv", b"a,b\n1,2\n"), ("plan.pdf", b"%PDF-1.7 plan")).status_code == 200
    assert colin.send(url, body=SAID, draft_version="0").status_code == 303
    page = parse(colin.get(url).get_data(as_text=True))
    [listed] = [node for node in page.all("ul") if node.attributes.get("class") == "files"]
    assert [item.text for item in listed.all("li")] == ["Rota.csv CSV, 8 Bytes", "plan.pdf PDF, 13 Bytes"]
    with app.app_context():
        numbers = db.session.scalars(select(Post.number).join(Attachment, Attachment.post_id == Post.id)).all()
        assert set(numbers) == {3}


@pytest.mark.both_databases
def test_a_thread_begins_with_what_was_attached(app: Flask, cast: Cast, as_person: AsPerson) -> None:
    colin = as_person(cast.colleague)
    form = {"kind": "question", "section": "questions", "title": "Which bin?", "draft_version": "0"}
    page = colin.send("/s/champions/threads/new/attach", files=files(("bin.txt", b"It is gold.")), body=SAID, **form)
    assert page.status_code == 200
    assert 'value="Which bin?"' in page.get_data(as_text=True)
    assert "bin.txt" in page.get_data(as_text=True)
    sent = colin.send("/s/champions/threads/new", body=body_of(page), **form)
    assert sent.status_code == 303
    assert "bin.txt" in colin.get(sent.location).get_data(as_text=True)


@pytest.mark.both_databases
def test_an_author_adds_and_takes_out_while_editing(app: Flask, cast: Cast, as_person: AsPerson, url: str) -> None:
    """A13: what is taken out is gone at once, for its author too; nothing happens before the post is saved."""
    carla = as_person(cast.champion)
    attach(carla, url, ("old.png", PNG), ("stays.txt", b"Stays."))
    old, stays = rows(app)
    carla.send(url, body=f"![Old]({old.url}) and more.", draft_version="0", **{f"alt-{old.ref}": "Old"})
    edit = f"{url}posts/3/"
    assert (
        attach(carla, edit, ("new.txt", b"New."), version="1", body=f"![Old]({old.url}) and more.").status_code == 200
    )
    assert "new.txt" not in as_person(cast.reader).get(url).get_data(as_text=True)
    saved = carla.send(f"{edit}edit", body=f"![Old]({old.url}) and more.", version="1", drop=old.ref)
    assert saved.status_code == 303
    html = carla.get(url).get_data(as_text=True)
    assert "and more." in html
    assert old.url not in html
    assert "new.txt" in html
    assert "stays.txt" in html
    assert carla.get(old.url).status_code == 404
    assert carla.get(stays.url).status_code == 200


def test_a_second_press_after_files_were_changed_changes_nothing(
    app: Flask, cast: Cast, as_person: AsPerson, url: str
) -> None:
    """B5: it says what stands there already. Without the look at the files that stand there it was logged twice."""
    carla, oscar = as_person(cast.champion), as_person(cast.organiser)
    attach(carla, url, ("wrong.txt", b"Wrong."))
    carla.send(url, body=SAID, draft_version="0")
    (row,) = rows(app)
    for _press in range(2):
        saved = oscar.send(f"{url}posts/3/edit", body=SAID, version="1", drop=row.ref, reason="A name was in it.")
        assert saved.status_code == 303
    with app.app_context():
        verbs = list(db.session.scalars(select(LogEntry.verb)))
    assert verbs.count("edited post") == 1


def test_a_removed_post_takes_its_files_along_and_brings_them_back(
    app: Flask, cast: Cast, as_person: AsPerson, url: str
) -> None:
    """A13: while there is a gap, nobody has them, who may put it back neither."""
    carla = as_person(cast.champion)
    attach(carla, url, ("notes.txt", b"Notes."))
    carla.send(url, body=SAID, draft_version="0")
    (row,) = rows(app)
    assert carla.send(f"{url}posts/3/remove").status_code == 303
    assert "notes.txt" not in carla.get(url).get_data(as_text=True)
    assert [as_person(one).get(row.url).status_code for one in (cast.champion, cast.organiser, cast.reader)] == [
        404
    ] * 3
    assert carla.send(f"{url}posts/3/put-back").status_code == 303
    assert as_person(cast.reader).get(row.url).status_code == 200


def test_what_an_organiser_does_to_somebody_elses_files_stands_in_the_log(
    app: Flask, cast: Cast, as_person: AsPerson, url: str
) -> None:
    """A reason is asked for, as when the words are changed."""
    carla, oscar = as_person(cast.champion), as_person(cast.organiser)
    attach(carla, url, ("wrong.txt", b"Wrong."))
    carla.send(url, body=SAID, draft_version="0")
    [row] = rows(app)
    edit = {"body": SAID, "version": "1", "drop": row.ref}
    assert oscar.send(f"{url}posts/3/edit", **edit).status_code == 422
    assert carla.get(row.url).status_code == 200
    assert oscar.send(f"{url}posts/3/edit", **edit, reason="Names a resident.").status_code == 303
    assert carla.get(row.url).status_code == 404
    with app.app_context():
        assert db.session.scalars(select(LogEntry.reason).where(LogEntry.verb == "edited post")).all() == [
            "Names a resident."
        ]


@pytest.mark.parametrize(
    "name, data, why",
    [
        (
            "bins.svg",
            b'<svg xmlns="http://www.w3.org/2000/svg"><script>1</script></svg>',
            "web page or a drawing in code",
        ),
        ("bins.png", b"<!doctype html><script>alert(1)</script>", "web page or a drawing in code"),
        ("bins.txt", b"\n<!-- -->\n<HTML>", "web page or a drawing in code"),
        ("bins.png", b"\x89PNG\r\n\x1a\n<html>", "isn’t what it seems to be"),
        ("bins.pdf", b"MZ\x00\x01\x02", "of a kind that can’t be attached"),
        ("bins.csv", b"", "is empty"),
        ("bins.doc", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, "Save it as .docx"),
    ],
)
def test_a_file_that_is_not_what_it_claims_is_refused_with_why(
    app: Flask, cast: Cast, as_person: AsPerson, url: str, name: str, data: bytes, why: str
) -> None:
    """A13: by content, never by name; what was typed and what else was sent stay."""
    page = attach(as_person(cast.colleague), url, (name, data), ("good.txt", b"Good."))
    assert page.status_code == 422
    assert why in errors(page)
    assert name in errors(page)
    assert body_of(page) == SAID
    assert [row.name for row in rows(app)] == ["good.txt"]


def test_a_pixel_bomb_is_refused_in_clear_words(app: Flask, cast: Cast, as_person: AsPerson, url: str) -> None:
    """A13: 900 million pixels in a hundred kilobytes."""
    held = io.BytesIO()
    Image.new("1", (30_000, 30_000)).save(held, "PNG")
    page = attach(as_person(cast.colleague), url, ("big.png", held.getvalue()))
    assert page.status_code == 422
    assert "more pixels than Baton can look through" in errors(page)
    assert rows(app) == []


def test_a_byte_more_than_the_limit_is_too_much(app: Flask, cast: Cast, as_person: AsPerson, url: str) -> None:
    """A13: exactly ten megabytes are taken, one byte more is not, and the text is kept."""
    colin, ten = as_person(cast.colleague), b"%PDF-1.7" + b" " * (10 * 1024 * 1024 - 8)
    page = attach_large(colin, url, ten + b" ")
    assert page.status_code == 422
    assert "“large.pdf” is larger than 10 MB" in errors(page)
    assert body_of(page) == SAID
    assert attach_large(colin, url, ten).status_code == 200
    assert [row.size for row in rows(app)] == [len(ten)]


def test_two_hundred_files_at_once_lose_nothing(app: Flask, cast: Cast, as_person: AsPerson, url: str) -> None:
    """Text and earlier files stay, none of the two hundred is kept, and one sentence says what to do."""
    colin = as_person(cast.colleague)
    attach(colin, url, ("first.txt", b"First."))
    page = attach(colin, url, *((f"{number}.txt", b"words") for number in range(200)))
    assert page.status_code == 422
    assert "You chose 200 files, and 20 go with a post." in errors(page)
    assert body_of(page) == SAID
    assert [row.name for row in rows(app)] == ["first.txt"]
    assert "first.txt" in page.get_data(as_text=True)


@pytest.mark.parametrize(
    "given, kept",
    [
        ("../../etc/passwd", "passwd.txt"),
        ("abc\u202egpj.exe", "abcgpj.exe.txt"),
        ("page.html", "page.html.txt"),
        ("... ", "file.txt"),
        ("x" * 300 + ".txt", "x" * 116 + ".txt"),
        ("Müll & “bins”.md", "Müll & “bins”.md"),
    ],
)
def test_a_name_is_only_a_name(app: Flask, cast: Cast, as_person: AsPerson, url: str, given: str, kept: str) -> None:
    """A12, A13: no folders, no control characters, no turned writing, and no claim to be another type."""
    colin = as_person(cast.colleague)
    page = attach(colin, url, (given, b"Words."))
    assert page.status_code == 200, errors(page)
    [row] = rows(app)
    assert row.name == kept
    answer = colin.get(row.url)
    assert answer.status_code == 200
    assert answer.headers["Content-Disposition"].startswith("attachment; ")
    assert answer.mimetype == "text/plain"


def test_a_file_that_was_chosen_and_not_attached_is_not_lost_in_silence(
    cast: Cast, as_person: AsPerson, url: str
) -> None:
    """Without script a form that is sent as usual carries the name only."""
    page = as_person(cast.colleague).send(url, body=SAID, draft_version="0", files="bins.png")
    assert page.status_code == 422
    assert "“bins.png” isn’t attached yet." in errors(page)
    assert body_of(page) == SAID


def test_attach_without_a_file_says_so(cast: Cast, as_person: AsPerson, url: str) -> None:
    page = as_person(cast.colleague).send(f"{url}attach", body=SAID, draft_version="0")
    assert page.status_code == 422
    assert "Choose a file first" in errors(page)
    assert body_of(page) == SAID


def test_a_script_is_told_what_became_of_a_file(app: Flask, cast: Cast, as_person: AsPerson, url: str) -> None:
    colin = as_person(cast.colleague)
    script = {"X-Requested-With": "fetch"}
    told: dict[str, object] = {"csrf_token": csrf_token(colin), "files": files(("b.png", PNG))}
    answer = colin.post(f"{url}attach", data=told, headers=script)
    [file] = answer.get_json()["files"]
    [row] = rows(app)
    assert (file["markdown"], file["is_picture"], file["name"]) == (f"![]({row.url})", True, "b.png")
    assert f'name="alt-{row.ref}"' in file["html"]
    told = {"csrf_token": csrf_token(colin), f"alt-{row.ref}": "Bins"}
    assert colin.post(f"{url}attach", data=told, headers=script).get_json() == {"files": [], "problems": []}
    assert rows(app)[0].alt == "Bins"
    bad = {"csrf_token": csrf_token(colin), "files": files(("b.svg", b"<svg>"))}
    refused = colin.post(f"{url}attach", data=bad, headers=script)
    assert refused.status_code == 422
    assert "web page" in refused.get_json()["problems"][0]


def test_a_reply_in_which_somebody_quotes_a_picture_shows_it(
    app: Flask, cast: Cast, as_person: AsPerson, url: str
) -> None:
    """A13: of the same conversation. One of another thread is a link, wherever it came from."""
    carla, colin = as_person(cast.champion), as_person(cast.colleague)
    attach(carla, url, ("bins.png", PNG))
    [row] = rows(app)
    carla.send(url, body=f"![]({row.url})", draft_version="0", **{f"alt-{row.ref}": "Bins"})
    colin.send(url, body=f"> ![]({row.url})\n\nNice.", draft_version="0")
    assert colin.get(url).get_data(as_text=True).count(f'<img src="{row.url}" alt="Bins"') == 2
    with app.app_context():
        other = factories.make_thread(cast.champions, author=cast.champion)
    elsewhere = address(app, other)
    colin.send(elsewhere, body=f"![Look]({row.url})", draft_version="0")
    html = colin.get(elsewhere).get_data(as_text=True)
    assert f'<a href="{row.url}">Look</a>' in html
    assert f'<img src="{row.url}"' not in html


def test_a_draft_that_is_thrown_away_takes_its_files_along(
    app: Flask, cast: Cast, as_person: AsPerson, url: str
) -> None:
    colin = as_person(cast.colleague)
    attach(colin, url, ("a.txt", b"Words."), body="Begun.")
    colin.send(url, keep="1", body="Begun.", draft_version="0")
    assert "a.txt" in colin.get(url).get_data(as_text=True)
    colin.send(f"{url}draft/discard", draft_version="1")
    assert "a.txt" not in colin.get(url).get_data(as_text=True)
    assert colin.get(rows(app)[0].url).status_code == 404


def test_the_day_has_a_limit(app: Flask, cast: Cast, as_person: AsPerson, url: str) -> None:
    """Twenty times the largest file, whatever was taken out again meanwhile."""
    with app.app_context():
        row = factories.make_attachment(cast.champions, by=cast.colleague, place="reply:elsewhere", data=b"x")
        with transaction():
            held = db.session.get_one(Attachment, row.id)
            held.size, held.removed_at = 200 * 1024 * 1024, now()
    page = attach(as_person(cast.colleague), url, ("a.txt", b"Words."))
    assert page.status_code == 422
    assert "You attached 200 MB within a day" in errors(page)
    assert attach(as_person(cast.champion), url, ("a.txt", b"Words.")).status_code == 200


def test_no_more_than_twenty_go_with_a_post(app: Flask, cast: Cast, as_person: AsPerson, url: str) -> None:
    colin = as_person(cast.colleague)
    with app.app_context():
        for number in range(20):
            factories.make_attachment(
                cast.champions, by=cast.colleague, place=f"reply:{url.split('/')[-2]}", name=f"{number}.txt"
            )
    page = attach(colin, url, ("one-more.txt", b"Words."))
    assert page.status_code == 422
    assert "A post takes 20 files" in errors(page)
    assert colin.send(url, body=SAID, draft_version="0").status_code == 303
    assert colin.get(url).get_data(as_text=True).count("<li><svg") >= 20


@pytest.mark.usefixtures("cast")
def test_nothing_that_arrived_stays_lying_about(
    app: Flask, cast: Cast, as_person: AsPerson, url: str, settings: Settings
) -> None:
    """What came in, and what Pillow made of it, is gone; the picture lies under its hash, for its owner only to read."""
    attach(as_person(cast.colleague), url, ("bins.png", PNG), ("bad.svg", b"<svg>"))
    folder: Path = settings.var / "attachments"
    [row] = rows(app)
    path = folder / row.sha256[:2] / row.sha256[2:]
    assert path.stat().st_mode & 0o777 == 0o600
    assert not [left for left in (folder / "incoming").iterdir() if left.stat().st_mtime > now().timestamp() - 30]
