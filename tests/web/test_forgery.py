"""A form of another site does nothing, and nothing of it comes back as a form of ours (A10)."""

import re
from collections.abc import Callable, Iterator
from dataclasses import replace

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from forum.core.db import db
from forum.people.models import Person
from tests.cast import Browserless, Cast, csrf_token, form_token, make_cast, sign_in
from tests.support.databases import settings_for
from tests.support.server import make_app

AsPerson = Callable[[Person], Browserless]
ELSEWHERE = {"Sec-Fetch-Site": "cross-site", "Origin": "https://evil.example"}
MAKE_ADMIN = "/admin/people/carla.champion/make-admin"


def own_form(answer: TestResponse, path: str) -> str | None:
    """Return the form of a page that would send something to `path`."""
    found = re.search(rf'<form[^>]*action="{path}"[^>]*>.*?</form>', answer.get_data(as_text=True), re.DOTALL)
    return found and found[0]


@pytest.mark.parametrize(
    "headers, token",
    [
        (ELSEWHERE, "signed once"),
        ({"Sec-Fetch-Site": "same-site"}, "signed once"),
        ({"Origin": "https://evil.example"}, "signed once"),
        ({"Origin": "null"}, "signed once"),
        ({"Referer": "https://evil.example/page"}, "signed once"),
        ({}, ""),
        ({}, "forged"),
        ({"Sec-Fetch-Site": "none"}, ""),
    ],
)
def test_a_forged_form_comes_back_without_a_press(
    cast: Cast, as_person: AsPerson, headers: dict[str, str], token: str
) -> None:
    """A10: one press on the page of the error must not do what the other site wanted. Fails when `page` ignores who sent it."""
    ada = as_person(cast.admin)
    token = form_token(ada.application) if token == "signed once" else token
    answer = ada.post(MAKE_ADMIN, data={"csrf_token": token, "note": "Words to copy"}, headers=headers)
    assert answer.status_code == 400
    assert own_form(answer, MAKE_ADMIN) is None
    html = answer.get_data(as_text=True)
    assert "Send it again" not in html
    assert "Please send it from its own page" in html
    assert "Words to copy" in html


@pytest.mark.parametrize(
    "headers, token",
    [({"Sec-Fetch-Site": "same-origin"}, ""), ({"Origin": "http://127.0.0.1:8000"}, ""), ({}, "signed once")],
)
def test_an_old_form_of_ours_can_be_sent_again(
    cast: Cast, as_person: AsPerson, headers: dict[str, str], token: str
) -> None:
    """B5: of a page that was open while its owner signed out and in."""
    carla, path = as_person(cast.champion), "/me/profile"
    token = form_token(carla.application) if token else "old"
    answer = carla.post(path, data={"csrf_token": token, "about": "Bins"}, headers=headers)
    form = own_form(answer, path)
    assert answer.status_code == 400
    assert form is not None
    assert "Send it again" in form
    assert "Bins" in form


def test_what_was_typed_is_called_as_on_its_form(cast: Cast, as_person: AsPerson) -> None:
    """No name of a field is shown: not of one of several forms on a page, nor of one that no form has. What is chosen isn't shown."""
    typed = {
        "title": "Bins",
        "poll_options": "Lids",
        "poll_most": "1",
        "s1-text": "Turn",
        "s1-warning": "Hot",
        "s1-proof": "Cold",
        "x_y": "Z",
    }
    html = (
        as_person(cast.champion)
        .post("/s/champions/threads/new", data={"csrf_token": "old", **typed})
        .get_data(as_text=True)
    )
    labels = re.findall(r'<label for="kept-\d+">(.*?)</label>', html)
    assert labels == ["Title", "Options", "What is done", "Watch out", "How to tell it worked", "What you typed"]
    data = {"csrf_token": "old", "reason": "Rude", "people": "Dan"}
    html = as_person(cast.champion).post("/s/champions/threads/new", data=data).get_data(as_text=True)
    labels = re.findall(r'<label for="kept-\d+">(.*?)</label>', html)
    assert labels == ["What you typed"] * 2  # several forms ask for a reason, each in other words; people are chosen


@pytest.mark.parametrize("headers", [ELSEWHERE, {"Origin": "https://evil.example"}])
@pytest.mark.parametrize("path", ["/anything", "/sign-in", "/me/profile"])
def test_a_form_of_another_site_signs_nobody_out(app: Flask, cast: Cast, path: str, headers: dict[str, str]) -> None:
    """A8, A10: it comes without the cookie, which is Lax; the answer must not put an empty one in its place."""
    del cast
    answer = app.test_client().post(path, data={"x": "y"}, headers=headers)
    assert answer.status_code in {400, 404}
    assert "Set-Cookie" not in answer.headers


def test_who_follows_a_link_from_another_site_gets_a_form_that_works(client: Browserless) -> None:
    """A link in a mail that is read in a browser is one: the page it leads to needs its cookie."""
    answer = client.get("/sign-in", headers={"Sec-Fetch-Site": "cross-site"})
    assert "Set-Cookie" in answer.headers


def test_a_form_of_another_site_is_refused_whatever_token_it_has(cast: Cast, as_person: AsPerson) -> None:
    """A10."""
    carla = as_person(cast.champion)
    fields = {"csrf_token": csrf_token(carla), "name": "Carla Champion"}
    assert carla.post("/me/profile", data=fields, headers=ELSEWHERE).status_code == 400


@pytest.fixture
def behind_proxy(database_url: str) -> Iterator[Flask]:
    """Give an app behind a proxy with TLS that passes on no Host."""
    settings = replace(settings_for(database_url), site_url="https://baton.example.org", behind_proxies=1)
    for app in make_app(settings):
        app.test_client_class = Browserless
        with app.app_context():
            make_cast()
        yield app


@pytest.mark.parametrize(
    "headers, status",
    [
        ({"Referer": "https://baton.example.org/me/profile"}, 303),
        ({"Origin": "https://baton.example.org"}, 303),
        ({"Sec-Fetch-Site": "same-origin"}, 303),
        ({}, 303),
        ({"Referer": "http://baton.example.org/me/profile"}, 400),
        ({"Referer": "https://localhost:8000/me/profile"}, 400),
        ({"Referer": "https://baton.example.org.evil.example/"}, 400),
        ({"Origin": "https://baton.example.org:8443"}, 400),
        ({"Origin": "https://baton.example.org:many"}, 400),
    ],
)
def test_behind_a_proxy_the_public_address_counts_and_not_the_host(
    behind_proxy: Flask, headers: dict[str, str], status: int
) -> None:
    """A10: nginx passes on its own Host unless told otherwise, and some browsers send no Referer."""
    client = behind_proxy.test_client()
    assert isinstance(client, Browserless)
    with behind_proxy.app_context():
        person = db.session.execute(db.select(Person).filter_by(handle="carla.champion")).scalar_one()
    sign_in(client, person)
    proxied = {"X-Forwarded-Proto": "https", "X-Forwarded-For": "192.0.2.7"}
    fields = {"csrf_token": csrf_token(client)}
    answer = client.post("/sign-out", data=fields, headers={**proxied, **headers}, base_url="http://localhost:8000")
    assert answer.status_code == status
