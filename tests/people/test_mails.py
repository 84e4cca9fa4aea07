"""Mails about accounts."""

import pytest
from flask import Flask

from forum.core.db import db, transaction
from forum.core.events import Recipient
from forum.people import links, mails
from forum.people.events import LinkMade
from forum.people.models import LinkPurpose, Person, PersonState
from tests.people.mailbox import mailed, path_in

PATHS = {
    LinkPurpose.SIGN_IN: "/sign-in/link/",
    LinkPurpose.JOIN: "/join/",
    LinkPurpose.RESET: "/reset/",
    LinkPurpose.CHANGE_ADDRESS: "/me/address/",
    LinkPurpose.UNDO_ADDRESS: "/me/address/undo/",
}


@pytest.mark.both_databases
@pytest.mark.usefixtures("context")
@pytest.mark.parametrize("purpose", list(LinkPurpose))
def test_each_link_is_mailed_to_its_own_address_in_two_forms_that_say_the_same(
    purpose: LinkPurpose, app: Flask, priya: Person
) -> None:
    """A9, A14: with the address of the settings, and a token that is made only now."""
    who = None if purpose is LinkPurpose.JOIN else priya
    with transaction():
        link = links.ask(purpose, address="there@fenbridge.example", person=who)
    (mail,) = mailed(app)
    token = links.token_of(link)
    assert mail.to == "there@fenbridge.example"
    assert path_in(mail) == PATHS[purpose] + token
    assert f"http://127.0.0.1:8000{path_in(mail)}" in mail.html
    assert token not in mail.subject
    assert mail.subject.endswith("(Baton)")
    assert "You get this" in mail.text
    assert app.test_client().get(path_in(mail)).status_code == 200


@pytest.mark.usefixtures("context")
def test_nothing_is_sent_when_the_link_stopped_working_before_it_could_be(app: Flask, priya: Person) -> None:
    """A3, A7: asked again at sending."""
    with transaction():
        link = links.ask(LinkPurpose.RESET, address=str(priya.email), person=priya)
    assert len(mailed(app)) == 1
    with transaction():
        db.session.get_one(Person, priya.id).state = PersonState.SUSPENDED
    assert mailed(app) == []
    with transaction():
        db.session.get_one(Person, priya.id).state = PersonState.ACTIVE
        links.use(link)
    assert mailed(app) == []
    assert mails.compose_link(LinkMade(link_id=999), Recipient(address="x@fenbridge.example")) is None


@pytest.mark.usefixtures("context")
def test_a_pretended_link_concerns_nobody(app: Flask) -> None:
    """A6."""
    with transaction():
        links.pretend(LinkPurpose.RESET)
    assert list(mails.link_recipients(LinkMade(link_id=1))) == []
    assert mails.compose_link(LinkMade(link_id=1), Recipient(address="x@fenbridge.example")) is None
    assert mailed(app) == []


@pytest.mark.usefixtures("context")
def test_names_stay_text_in_mail(app: Flask, priya: Person) -> None:
    """A12."""
    with transaction():
        db.session.get_one(Person, priya.id).name = "<b>Priya</b> {{7*7}}"
        links.ask(LinkPurpose.RESET, address=str(priya.email), person=priya)
    (mail,) = mailed(app)
    assert "&lt;b&gt;Priya&lt;/b&gt; {{7*7}}" in mail.html
    assert "Hello <b>Priya</b> {{7*7}}," in mail.text
