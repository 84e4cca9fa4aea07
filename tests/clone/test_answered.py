"""What was answered to the original already: read, undone as far as it can be, and nobody blamed for a second press (F6).

Each was seen to fail before its page knew of it.
"""

import html
import re

import pytest
from flask import Flask

from forum.clone.actions import copying
from forum.clone.starters import starters
from forum.core.db import transaction
from forum.spaces.guard import here_for
from forum.spaces.models import Role, Space
from forum.threads.actions import add_section
from forum.threads.models import Section
from tests import factories
from tests.cast import Cast
from tests.clone.steps import copy, make, name, show
from tests.clone.test_following import keys_in, rename, row_in
from tests.clone.test_upstream import playbook_in, says
from tests.clone.test_upstream_pages import (
    HOME,
    UPSTREAM,
    AsPerson,
    changed,
    made,
    offer_on,
    seen_on,
    text,
    undo_on,
)

__all__ = ["made"]


def both_change(app: Flask, cast: Cast, made: Space) -> None:
    changed(app, cast, made, "Charge it well", "Sign in as you", "Print", by=cast.outsider)
    changed(app, cast, cast.champions, "Charge it fully", "Sign in as me", "Print")


def plain(page: str) -> str:
    """Return what is read on a page, in one line."""
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", page)).split())


def fields(page: str) -> dict[str, str]:
    """Return the hidden fields of the offer's form, as a browser sends them."""
    return dict(re.findall(r'<input type="hidden" name="(seen|place-\d+)" value="([^"]*)"', page))


@pytest.mark.parametrize("press", ["take", "decline"])
def test_who_presses_in_an_older_tab_finds_what_they_wrote_by_its_place(
    app: Flask, cast: Cast, made: Space, as_person: AsPerson, press: str
) -> None:
    """F6, B5: 409, not as an error of theirs; step and text are named as on the page, and what they didn't type isn't shown."""
    otto = as_person(cast.outsider)
    both_change(app, cast, made)
    address = offer_on(text(otto, UPSTREAM))
    sent = fields(text(otto, address))
    first = {"side-0": "ours", "side-1": "ours"} if press == "take" else {}
    assert otto.send(f"{address}{press}", **sent, **first).status_code == 303
    late = otto.send(
        f"{address}take", **sent, **{"side-0": "theirs", "own-0-text": "Charge it well"},
        **{"side-1": "own", "own-1-text": "Sign in as we do"},
    )  # fmt: skip
    assert late.status_code == 409
    page = late.get_data(as_text=True)
    assert "answered already. Nothing was changed just now." in plain(page)
    assert "Step 2, What is done" in plain(page)
    assert "Sign in as we do" in page
    assert "Step 1" not in page
    assert not re.search("(?i)own-[01]|side-[01]|place-", page)
    with app.test_request_context("/"):
        assert says(made) == ["Charge it well", "Sign in as you", "Print"]


def test_what_was_typed_stays_with_its_step_when_others_changed_meanwhile(
    app: Flask, cast: Cast, made: Space, as_person: AsPerson
) -> None:
    """F6: 409, and what was written for step 2 stands at step 2, also when it is the first of fewer or more places now."""
    otto = as_person(cast.outsider)
    changed(app, cast, made, "Charge it well", "Sign in as you", "Print", by=cast.outsider)
    changed(app, cast, cast.champions, "Charge it", "Sign in as me", "Print")
    address = offer_on(text(otto, UPSTREAM))
    sent = fields(text(otto, address))
    changed(app, cast, cast.champions, "Charge it fully", "Sign in as me", "Print")
    late = otto.send(f"{address}take", **sent, **{"side-0": "own", "own-0-text": "Sign in as we do"})
    assert late.status_code == 409
    step = re.search(r'name="own-1-text"[^>]*>([^<]*)', late.get_data(as_text=True))
    assert step is not None
    assert step.group(1).strip() == "Sign in as we do"


def test_an_offer_that_was_answered_says_who_did_and_leads_on(
    app: Flask, cast: Cast, made: Space, as_person: AsPerson
) -> None:
    """F6: a bookmark or a reload is no problem of anybody's; Undo stands there while it can be done."""
    otto = as_person(cast.outsider)
    changed(app, cast, cast.champions, "Charge it", "Sign in twice", "Print")
    address = offer_on(text(otto, UPSTREAM))
    otto.send(f"{address}take", seen=seen_on(text(otto, address)))
    answer = otto.get(address)
    assert answer.status_code == 200
    page = answer.get_data(as_text=True)
    assert "You took this on" in page
    assert "Where it stands here" in page
    assert f'href="{UPSTREAM}"' in page
    with app.test_request_context("/"):
        other = factories.make_person(name="Second Steward")
        factories.make_membership(made, other, role=Role.STEWARD)
    sven = as_person(other)
    assert f"{cast.outsider.name} took this on" in text(sven, address)
    assert otto.send(undo_on(page)).status_code == 303
    otto.send(f"{address}decline", seen=seen_on(text(otto, address)))
    assert "You left this as it is here on" in text(otto, address)
    assert f"{cast.outsider.name} left this as it is here on" in text(sven, address)
    assert as_person(cast.steward).get(address).status_code == 404


@pytest.mark.both_databases
def test_undo_is_offered_only_while_it_can_be_done(app: Flask, cast: Cast, made: Space, as_person: AsPerson) -> None:
    """F6: what was changed here since leads to its editor; a press that comes too late is told so where the link stands."""
    otto = as_person(cast.outsider)
    with app.test_request_context("/"), transaction():
        rename(here_for(cast.steward, "champions"), "sections", "Channels and tools")
    changed(app, cast, cast.champions, "Charge it", "Sign in twice", "Print")
    for address in re.findall(rf'<h3><a href="({UPSTREAM}[\w-]+/)"', text(otto, UPSTREAM)):
        assert otto.send(f"{address}take", seen=seen_on(text(otto, address))).status_code == 303
    page = text(otto, UPSTREAM)
    undos = re.findall(r'action="([^"]+/undo\?answer=\d+)"', page[page.index("What you answered") :])
    assert len(undos) == 2
    with app.test_request_context("/"), transaction():
        rename(here_for(cast.outsider, made.slug), "sections", "Our channels")
    changed(app, cast, made, "Charge it", "Sign in thrice", "Print", by=cast.outsider)
    page = text(otto, UPSTREAM)
    assert "/undo?" not in page
    assert page.count("It was changed here since.") == 2
    assert f'href="{HOME}threads/sections"' in page
    for undo in undos:
        assert "can’t be undone" in text(otto, undo.split("undo")[0])
        assert otto.send(undo).status_code == 303
        assert "Change it in its editor instead." in text(otto, UPSTREAM)
    with app.test_request_context("/"):
        assert keys_in(made, "sections")[1] == "Our channels"
        assert says(made)[1] == "Sign in thrice"


def test_an_older_answer_has_no_undo(app: Flask, cast: Cast, made: Space, as_person: AsPerson) -> None:
    otto = as_person(cast.outsider)
    for words in ("twice", "thrice"):
        changed(app, cast, cast.champions, "Charge it", f"Sign in {words}", "Print")
        address = offer_on(text(otto, UPSTREAM))
        otto.send(f"{address}take", seen=seen_on(text(otto, address)))
    text(otto, UPSTREAM)  # the banner has gone by then
    page = text(otto, UPSTREAM)
    assert page.count(">Taken") + page.count("</svg>Taken") >= 2
    assert page.count("/undo?") == 1


def test_a_section_that_is_only_there_has_no_second_side_and_stays_on_the_page_of_the_original(
    app: Flask, cast: Cast, as_person: AsPerson
) -> None:
    """F6: nothing of it was changed here; brought in, it says where it is removed."""
    with app.test_request_context("/"):
        made = copy_with_section(cast)
        with transaction():
            add_section(here_for(cast.steward, "champions"), name="Wins", description="What went well")
    otto = as_person(cast.outsider)
    listed = text(otto, UPSTREAM)
    assert "And changed here" not in listed
    address = offer_on(listed)
    page = text(otto, address)
    assert "What comes along" in page
    for words in ("What you changed here", "Both say the same", "And changed here"):
        assert words not in page
    answer = otto.send(f"{address}take", seen=seen_on(page))
    assert (answer.status_code, answer.headers["Location"]) == (303, UPSTREAM)
    page = text(otto, UPSTREAM)
    assert "It came as something new." in page
    assert f'href="{HOME}threads/sections"' in page
    assert "/undo?" not in page
    assert "remove it where it stands" in text(otto, address)
    with app.test_request_context("/"):
        assert row_in(Section, made, "Wins").description == "What went well"


def copy_with_section(cast: Cast) -> Space:
    factories.make_playbook(cast.champions, author=cast.champion, title="New tablet", steps=("Charge it",))
    show(cast.steward, cast.champions)
    return copy(cast.outsider, cast.champions)


def test_what_was_sent_and_taken_is_no_conflict_on_its_pages(
    app: Flask, cast: Cast, made: Space, as_person: AsPerson
) -> None:
    """F6: only the step that is new there is shown; nothing is left to send, and why isn't said wrongly."""
    otto = as_person(cast.outsider)
    changed(app, cast, made, "Charge it", "Sign in as you", "Print", by=cast.outsider)
    with app.test_request_context("/"):
        send = f"{UPSTREAM}send/{playbook_in(made)[0].ref}"
    assert send in text(otto, UPSTREAM)
    changed(app, cast, cast.champions, "Charge it", "Sign in as you", "Print two")
    listed = text(otto, UPSTREAM)
    assert send not in listed
    assert "And changed here" not in listed
    address = offer_on(listed)
    page = text(otto, address)
    assert "Some of what you changed here stands there, too, by now." in page
    assert "as you</ins>" not in page
    assert "two</ins>" in page
    page = text(otto, send)
    assert "The original says all that you changed already." in page
    assert "Here it says what the original says." not in page
    assert f'href="{address}"' in page


def test_a_space_from_a_starter_counts_no_version_and_follows_nothing(
    app: Flask, cast: Cast, made: Space, as_person: AsPerson
) -> None:
    """F6: Today of a copy leads to what changes there; a template or a starter never changes."""
    otto = as_person(cast.outsider)
    with app.test_request_context("/"):
        with transaction():
            job = copying.begin_with_starter(cast.outsider, starters()[0].key)
            name(job, cast.outsider, called="From a starter")
        slug = make(job, cast.outsider).slug
    assert "of its showcase" in text(otto, HOME)
    assert "What changes there" in text(otto, HOME)
    page = text(otto, f"/s/{slug}/")
    assert "Grown from" in page
    assert "What changes there" not in page
    for path in (f"/s/{slug}/", f"/s/{slug}/upstream/"):
        assert not re.search(r"version \d", text(otto, path))
