"""Every page is well made: valid enough for a screen reader, free of inline code, and every link on it leads somewhere."""

from collections.abc import Iterator
from urllib.parse import urldefrag, urljoin, urlsplit

import pytest
from werkzeug.exceptions import HTTPException
from werkzeug.routing import RequestRedirect
from werkzeug.test import TestResponse

from tests import factories
from tests.cast import Browserless
from tests.contracts.page_tree import Node, parse, problems_of
from tests.contracts.route import BODY, HOME
from tests.contracts.routes import ROUTES
from tests.contracts.world import World

WHO = ("nobody", "outsider", "visitor", "stranger", "reader", "champion", "organiser", "steward", "admin")
GETS = [route for route in ROUTES if route.method == "GET" and route.is_page]
MOST_PAGES = 200


def is_page(answer: TestResponse) -> bool:
    return answer.mimetype == "text/html" and not 300 <= answer.status_code < 400


def addresses_for(world: World, who: str) -> list[str]:
    """Return the addresses of all pages, with the threads and posts that have states of their own."""
    things = world.furniture[HOME.get(who, "harbour")]
    more = [f"/s/{things.slug}/threads/{ref}/" for ref in (things.plain_ref, things.organisers_ref)]
    more += [
        f"/s/{things.slug}/threads/{things.ref}/posts/3/history",
        f"/s/{things.slug}/threads/{things.ref}/?quote=2",
    ]
    return [route.address(world, who) for route in GETS] + more


@pytest.mark.parametrize("who", WHO)
def test_every_page_is_well_made(world: World, who: str) -> None:
    """A11, A12: nothing inline, one h1, unique ids, a language, a label on every control, a token in every form."""
    wrong = {}
    for address in addresses_for(world, who):
        answer = world.browser(BODY.get(who, who)).get(address)
        if is_page(answer) and (found := problems_of(parse(answer.get_data(as_text=True)))):
            wrong[f"{address} ({answer.status_code})"] = found
    assert wrong == {}


def test_the_pages_of_a_space_with_nothing_in_it_are_well_made(world: World) -> None:
    """Empty states are pages too."""
    client = world.browser("outsider")
    assert client.send("/spaces/new", name="Bare", visibility="open", cloth="moss", once="4" * 32).status_code == 303
    for path in (
        "",
        "about",
        "members",
        "log",
        "settings",
        "invitations",
        "requests",
        "archive",
        "threads/",
        "threads/new",
    ):
        answer = client.get(f"/s/bare/{path}")
        assert answer.status_code == 200, path
        assert problems_of(parse(answer.get_data(as_text=True))) == [], path


def test_the_pages_of_an_archived_space_are_well_made(world: World) -> None:
    assert world.browser("steward").send("/s/harbour/archive").status_code == 303
    for who in ("reader", "steward"):
        for address in (each for each in addresses_for(world, who) if each.startswith("/s/harbour")):
            answer = world.browser(who).get(address)
            assert answer.status_code < 500, address
            if is_page(answer):
                assert problems_of(parse(answer.get_data(as_text=True))) == [], address


def links_on(page: Node, *, at: str) -> Iterator[str]:
    """Yield the addresses on this site that a page leads to, without what is on another."""
    for node in page.all("a", "link", "script", "img", "use"):
        target = node.attributes.get("href") or node.attributes.get("src")
        if target and not urlsplit(target).netloc and not target.startswith(("mailto:", "#", "data:")):
            yield urljoin(at, target)


def forms_on(page: Node, *, at: str) -> Iterator[tuple[str, str]]:
    """Yield method and address of a page's forms."""
    for form in page.all("form"):
        if form.attributes.get("method") != "dialog":
            yield form.attributes.get("method", "get").upper(), urljoin(at, form.attributes.get("action", "") or at)
    for button in page.all("button"):
        if button.has("formaction"):
            yield button.attributes.get("formmethod", "post").upper(), urljoin(at, button.attributes["formaction"])


def is_known(world: World, method: str, address: str) -> bool:
    """Say whether the app has such an address for that method."""
    try:
        world.app.url_map.bind("").match(urlsplit(address).path, method=method)
    except RequestRedirect:
        return False
    except HTTPException:
        return False
    return True


def fetched(client: Browserless, address: str) -> TestResponse:
    answer = client.get(address)
    answer.get_data()
    answer.close()
    return answer


@pytest.mark.parametrize("who", ["nobody", "outsider", "champion", "steward", "admin"])
def test_every_link_on_every_page_leads_somewhere(world: World, who: str) -> None:
    """What is shown can be followed by whoever sees it, to the very place that it names."""
    client, seen, dead = world.browser(who), dict[str, set[str]](), list[str]()
    start = ["/", "/spaces", "/me", "/admin", *(address for address in addresses_for(world, who))]
    waiting = [(address, "the beginning") for address in start]
    while waiting and len(seen) < MOST_PAGES:
        address, source = waiting.pop()
        path, fragment = urldefrag(address)
        if path not in seen:
            answer = fetched(client, path)
            page = parse(answer.get_data(as_text=True)) if answer.mimetype == "text/html" else Node()
            seen[path] = {node.attributes["id"] for node in page.walk() if "id" in node.attributes}
            if answer.status_code >= 400:
                dead += [] if source == "the beginning" else [f"{source} leads to {path}: {answer.status}"]
                continue
            if answer.status_code >= 300:
                onward, _place = urldefrag(urljoin(path, answer.headers["Location"]))
                waiting.append((onward, f"{source} by {path}"))
                continue
            # The page of components shows links that lead nowhere; the other spaces hold what Harbour holds.
            if path == "/ui" or (who != "outsider" and path.startswith(("/s/champions", "/s/guild"))):
                continue
            waiting += [(link, path) for link in links_on(page, at=path)]
            dead += [f"{path}: {form} is nowhere" for form in forms_on(page, at=path) if not is_known(world, *form)]
        # "#new" is gone once the page was read: the crawler reads it first.
        elif fragment not in {"", "new", *seen[path]} and seen[path]:
            dead.append(f"{source} leads to {path}, where there is no {fragment}")
    assert sorted(set(dead)) == []


def test_no_two_pages_of_a_list_look_the_same(world: World) -> None:
    """The title of a page says which page it is."""
    with world.app.app_context():
        for _ in range(45):
            factories.make_thread(world.space("harbour"), author=world.person("colleague"))
    client = world.browser("reader")
    titles = [
        parse(client.get(f"/s/harbour/threads/?page={page}").get_data(as_text=True)).all("title")[0].text
        for page in (1, 2)
    ]
    assert len(set(titles)) == 2, titles
