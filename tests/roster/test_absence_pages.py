"""Saying that one is away on pages: what breaks first, then one press; correcting it, coming back, and the page on one's return."""

import re
from collections.abc import Callable
from datetime import timedelta

from flask import Flask
from sqlalchemy import select

from forum.core.db import db, transaction
from forum.core.halves import half_of
from forum.core.notices import Reason
from forum.core.time import today
from forum.notify.models import Notification
from forum.people.models import Person, PersonState
from forum.roster.models import Absence, CoverRequest, CoverState
from forum.roster.tellers.common import days_of
from forum.roster.tokens import answer_token
from forum.spaces.models import Audience, Item
from tests import factories
from tests.cast import Browserless, Cast

AsPerson = Callable[[Person], Browserless]


def filled(starts: int = 3, days: int = 5, **others: object) -> dict[str, object]:
    """Return the form of an absence."""
    first = today("Europe/London") + timedelta(days=starts)
    return {
        "first": first.isoformat(),
        "first_half": "0",
        "last": (first + timedelta(days=days - 1)).isoformat(),
        "last_half": "1",
        "seen": "members",
        "once": "7" * 32,
        **others,
    }


def looked(text: str) -> str:
    """Return which days a page showed what breaks for."""
    found = re.search(r'name="looked"[^>]*value="([^"]*)"', text)
    assert found
    return found[1]


def test_what_breaks_is_shown_before_it_is_saved_and_one_press_asks_for_all(
    app: Flask, cast: Cast, as_person: AsPerson
) -> None:
    """Journey 5: nothing is written before it was seen; a choice is kept; a second press files and asks once."""
    with app.app_context():
        space, holder = cast.champions, cast.champion
        inbox = factories.make_duty(space, by=cast.organiser, holder=holder, title="Inbox", deputy=cast.steward)
        factories.make_duty(space, by=cast.organiser, holder=holder, title="Banner")
        ref = db.session.get_one(Item, inbox.id).ref
        factories.make_thread(space, author=holder, is_question=True, title="Which bin?")
    client = as_person(cast.champion)
    assert "Nobody is asked why" in client.get("/me/away/new").text
    form = filled() | {f"ask-{ref}": cast.colleague.handle}
    page = client.send("/me/away/new", **form, look="1")
    assert page.status_code == 200
    for words in ("Inbox", "Banner", "would stand in as deputy", "Which bin?", "Save and ask for cover"):
        assert words in page.text
    assert f'value="{cast.colleague.handle}" selected' in page.text
    assert not absences(app)
    assert client.send("/me/away/new", **form, save="ask").status_code == 200  # not seen yet
    assert not absences(app)
    other = client.send("/me/away/new", **(form | filled(days=6)), save="ask", looked=looked(page.text))
    assert "The days have changed" in other.text
    assert not absences(app)
    saved = [client.send("/me/away/new", **form, save="ask", looked=looked(page.text)) for _press in range(2)]
    assert [one.status_code for one in saved] == [303, 303]
    (absence,) = absences(app)
    with app.app_context():
        requests = db.session.scalars(select(CoverRequest).order_by(CoverRequest.duty_id)).all()
        assert [(one.to_all, one.absence_id) for one in requests] == [(False, absence), (True, absence)]
        assert all(one.escalate_at is not None for one in requests)
    shown = client.get(f"/me/away/{absence}").text
    assert "Asked for, nobody has taken it yet" in shown
    assert "Ask for cover</button>" not in shown


def absences(app: Flask) -> list[int]:
    with app.app_context():
        return list(db.session.scalars(select(Absence.id)))


def test_what_is_wrong_is_said_and_everything_typed_is_kept(app: Flask, cast: Cast, as_person: AsPerson) -> None:
    client = as_person(cast.champion)
    wrong = client.send("/me/away/new", **filled(days=-3, seen="organisers"))
    assert wrong.status_code == 422
    assert "The end is before the beginning" in wrong.text
    assert 'value="organisers"' in wrong.text
    assert client.send("/me/away/new", **filled(first="soon")).status_code == 422
    assert client.send("/me/away/new", **filled(first="0001-01-01")).status_code == 422
    assert client.send("/me/away/new", **filled(last="9999-12-31")).status_code == 422
    assert client.send("/me/away/new", **filled(first_half="7")).status_code == 422
    with app.app_context():
        factories.make_absence(cast.champion, starts=4)
    assert client.send("/me/away/new", **filled()).status_code == 409


def test_an_absence_is_corrected_taken_back_and_taken_up_again_by_its_person_only(
    app: Flask, cast: Cast, as_person: AsPerson
) -> None:
    with app.app_context():
        absence = factories.make_absence(cast.champion, starts=3).id
        current = factories.make_absence(cast.colleague, days=4, starts=-1).id
    client = as_person(cast.champion)
    path = f"/me/away/{absence}"
    for who in (cast.organiser, cast.colleague):
        for page in (path, f"{path}/edit", f"{path}/brief"):
            assert as_person(who).get(page).status_code == 404
        for press in ("edit", "back", "away", "ask", "brief"):
            assert as_person(who).send(f"{path}/{press}", **filled()).status_code == 404
    assert client.get(f"{path}/edit").status_code == 200
    assert client.send(f"{path}/edit", **filled(days=2, version="1")).status_code == 303
    assert client.send(f"{path}/edit", **filled(days=3, version="1")).status_code == 409
    assert client.send(f"{path}/back").location == "/me/away"
    assert "Taken back before it began" in client.get(path).text
    assert client.send(f"{path}/away").status_code == 303
    with app.app_context():
        assert db.session.get_one(Absence, absence).returned_at is None
    back = as_person(cast.colleague).send(f"/me/away/{current}/back")
    assert back.location == f"/me/away/{current}/brief"
    with app.test_request_context("/"):
        planned = days_of(db.session.get_one(Absence, current).span)
    for page in (back.location, "/me/away"):
        assert planned not in as_person(cast.colleague).get(page).text


def test_an_organiser_notes_who_is_off_today_and_sees_only_this_space(
    app: Flask, cast: Cast, as_person: AsPerson
) -> None:
    """D6: they are told, see it and can correct it. Nothing of another space is shown to the organiser."""
    with app.app_context():
        elsewhere = factories.make_space(name="Elsewhere")
        factories.make_membership(elsewhere, cast.champion)
        factories.make_duty(elsewhere, by=cast.champion, holder=cast.champion, title="Secret duty")
        factories.make_duty(cast.champions, by=cast.organiser, holder=cast.champion, title="Inbox")
    client, form = as_person(cast.organiser), filled(starts=0, days=1, person=cast.champion.handle)
    assert as_person(cast.colleague).get("/s/champions/roster/off-today").status_code == 403
    page = client.send("/s/champions/roster/off-today", **form)
    assert "Inbox" in page.text
    assert "Secret duty" not in page.text
    saved = client.send("/s/champions/roster/off-today", **form, save="ask", looked=looked(page.text))
    assert saved.status_code == 303
    (absence,) = absences(app)
    assert "Oscar Organiser noted it for you" in as_person(cast.champion).get(f"/me/away/{absence}").text
    assert "Carla Champion" in as_person(cast.reader).get("/s/champions/roster/cover").text


def test_on_return_one_page_says_what_was_asked_who_dealt_with_it_and_what_is_open(
    app: Flask, cast: Cast, as_person: AsPerson
) -> None:
    """Journey 5: mentions with who answered, cover that was done, and what one may not see any more isn't there (A3)."""
    first = today("Europe/London") - timedelta(days=3)
    with app.app_context():
        absence = factories.make_absence(cast.champion, days=3, starts=-3)
        duty = factories.make_duty(cast.champions, by=cast.organiser, holder=cast.champion, title="Inbox")
        factories.make_cover_request(duty, away=cast.champion, span=absence.span, taken_by=cast.colleague)
        titles = {"Answered thing": Audience.SPACE, "Open thing": Audience.SPACE, "Organisers": Audience.ORGANISERS}
        for title, audience in titles.items():
            thread = factories.make_thread(cast.champions, author=cast.organiser, title=title, audience=audience)
            post = factories.make_post(thread, author=cast.steward)
            at = post.created_at.replace(year=first.year, month=first.month, day=first.day, hour=12)
            with transaction():
                for person, reason in ((cast.champion, Reason.MENTION), (cast.colleague, Reason.COVER)):
                    db.session.add(Notification(person_id=person.id, post_id=post.id, reason=reason, at=at))
            if title.startswith("Answered"):
                factories.make_post(thread, author=cast.colleague)
        key = absence.id
    client = as_person(cast.champion)
    assert "what happened meanwhile" in client.get("/s/champions/").text
    page = client.get(f"/me/away/{key}/brief").text
    assert "Colin Colleague answered in post" in page
    assert "Nobody has answered yet" in page
    assert "Colin Colleague covered:" in page
    assert "1 thing is still open" in page
    assert "Organisers</a>" not in page
    for _press in range(2):
        assert client.send(f"/me/away/{key}/brief").status_code == 303
    assert "You marked the rest as read" in client.get(f"/me/away/{key}/brief").text
    assert "what happened meanwhile" not in client.get("/s/champions/").text


def test_cover_is_taken_in_parts_declined_withdrawn_and_given_back_on_pages(
    app: Flask, cast: Cast, as_person: AsPerson
) -> None:
    """D2: the second to take it gets 409 with the winner's name. D3: a warning can be overruled."""
    with app.app_context():
        absence = factories.make_absence(cast.champion, starts=3, days=4)
        duty = factories.make_duty(cast.champions, by=cast.organiser, holder=cast.champion, title="Inbox")
        for ref in ("cover00001", "cover00002"):
            other = factories.make_duty(cast.champions, by=cast.organiser, holder=cast.champion, title=ref)
            row = duty if ref.endswith("1") else other
            factories.make_cover_request(row, away=cast.champion, span=absence.span, ref=ref, absence=absence)
        first = absence.span.first_day
    one, two = "/s/champions/roster/cover/cover00001", "/s/champions/roster/cover/cover00002"
    colleague, organiser = as_person(cast.colleague), as_person(cast.organiser)
    assert "2 requests wait" in colleague.get("/s/champions/roster/cover").text
    part = {"part": "1", "part-first": first.isoformat(), "part-first_half": "0", "part-last_half": "1"}
    assert colleague.send(f"{one}/take", **part, **{"part-last": "x"}).status_code == 422
    taken = colleague.send(f"{one}/take", **part, **{"part-last": (first + timedelta(days=1)).isoformat()})
    assert taken.status_code == 303
    late = organiser.send(f"{one}/take")
    assert late.status_code == 409
    assert "Colin Colleague has taken it already" in late.text
    warned = colleague.send(f"{two}/take")
    assert warned.status_code == 409
    assert "I cover all the same" in warned.text
    assert colleague.send(f"{two}/take", knowing="1").status_code == 303
    assert colleague.send(f"{two}/give-back").status_code == 303
    assert as_person(cast.reader).send(f"{two}/take").status_code == 403
    assert as_person(cast.insider).get(one).status_code == 403
    with app.app_context():
        open_ones = db.session.scalars(select(CoverRequest).where(CoverRequest.state == CoverState.OPEN)).all()
        assert {(request.span.first, request.span.last) for request in open_ones} == {
            (half_of(first + timedelta(days=2)), absence.span.last),
            (absence.span.first, absence.span.last),
        }
        ref = next(request.ref for request in open_ones if len(request.span) == 8)
    path = f"/s/champions/roster/cover/{ref}"
    asks = {"ask-person": cast.colleague.handle}
    assert as_person(cast.reader).send(f"{path}/ask", **asks).status_code == 403
    assert organiser.send(f"{path}/ask", **asks).status_code == 303
    assert colleague.send(f"{path}/decline").status_code == 303
    assert as_person(cast.champion).send(f"{path}/withdraw").status_code == 303
    assert as_person(cast.champion).send(f"{path}/withdraw").status_code == 303


def test_who_was_asked_answers_from_mail_without_signing_in_and_only_a_press_acts(
    app: Flask, cast: Cast, as_person: AsPerson
) -> None:
    """A9: a mail programme that follows the link takes nothing; a link made up opens nothing, nor one of who wasn't asked."""
    with app.test_request_context("/"):
        absence = factories.make_absence(cast.champion, starts=3)
        duty = factories.make_duty(cast.champions, by=cast.organiser, holder=cast.champion, title="Inbox")
        asked = [cast.colleague, cast.organiser]
        request = factories.make_cover_request(duty, away=cast.champion, span=absence.span, asked=asked)
        links = [f"/cover/{answer_token(request.ref, person.id)}" for person in (*asked, cast.reader)]
        key = request.id
    app.test_client_class = Browserless
    nobody = app.test_client()
    assert isinstance(nobody, Browserless)
    assert "cover all of it" in nobody.get(links[0]).text
    assert state_of(app, key) is CoverState.OPEN
    assert nobody.get(links[2]).status_code == 404
    assert nobody.get(f"{links[0]}x").status_code == 404
    assert "That is fine" in nobody.send(links[1], decline="1").text
    assert "It is yours" in nobody.send(links[0], accept="1").text
    assert "It is yours" in nobody.send(links[0], accept="1").text
    assert "This link was sent to" not in nobody.get(links[0]).text
    other = as_person(cast.organiser).get(links[0]).text
    assert f"This link was sent to {cast.colleague.name}." in other
    assert "It is yours" not in other, "whoever is signed in as somebody else reads whose it is"
    late = nobody.send(links[1], accept="1")
    assert late.status_code == 409
    assert "Colin Colleague has taken it already" in late.text
    with app.app_context(), transaction():
        db.session.get_one(Person, cast.colleague.id).state = PersonState.SUSPENDED
    assert nobody.get(links[0]).status_code == 404


def state_of(app: Flask, key: int) -> CoverState:
    with app.app_context():
        return db.session.get_one(CoverRequest, key).state


def test_what_nobody_holds_is_taken_now_and_gaps_are_asked_for(app: Flask, cast: Cast, as_person: AsPerson) -> None:
    with app.app_context():
        refs = []
        for holder in (cast.champion, None):
            duty = factories.make_duty(cast.champions, by=cast.organiser, holder=holder)
            refs.append(db.session.get_one(Item, duty.id).ref)
        factories.make_absence(cast.champion)
    colleague, path = as_person(cast.colleague), f"/s/champions/roster/duties/{refs[0]}"
    assert "take it now" in colleague.get(path).text
    assert colleague.send(f"{path}/take-now").status_code == 303
    assert as_person(cast.organiser).send(f"{path}/take-now").status_code == 409
    vacant = f"/s/champions/roster/duties/{refs[1]}"
    assert (
        as_person(cast.organiser).send(f"{vacant}/ask-cover", **{"cover-person": "", "cover-note": "Hi"}).status_code
        == 303
    )
    assert colleague.send(f"{vacant}/ask-cover", **{"cover-person": ""}).status_code == 403
    assert "Cover is wanted" in colleague.get(vacant).text


def test_whom_to_ask_for_cover_is_neither_oneself_nor_who_is_away(app: Flask, cast: Cast, as_person: AsPerson) -> None:
    """Others who are away are marked, as beside their names everywhere."""
    with app.test_request_context("/"):
        duty = factories.make_duty(cast.champions, by=cast.organiser, holder=cast.champion, title="Inbox")
        absence = factories.make_absence(cast.champion)
        factories.make_absence(cast.colleague)
        request = factories.make_cover_request(duty, away=cast.champion, span=absence.span, absence=absence)
        url = f"/s/champions/roster/cover/{request.ref}"
    page = as_person(cast.organiser).get(url).text
    asked = page[page.index("Ask somebody in particular") :].partition("</select>")[0]
    assert cast.champion.name not in asked
    assert cast.organiser.name not in asked
    assert f"{cast.colleague.name} (away until" in asked
    assert cast.steward.name in asked
