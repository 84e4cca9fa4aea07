"""A furnished installation that the contracts look at from every side.

Four spaces hold the same things. "Harbour" is private, and everybody of the cast stands in it in their role. "Champions" is open,
"Guild" is joined by request. "Night desk" is private too, and only the insider belongs to it: whatever a person can see of it, in
an address of another space or anywhere else, is a leak. What stands in a private space holds a canary: a word that is nowhere else.
"""

import itertools
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import sqlalchemy
from flask import Flask
from flask.sessions import SecureCookieSessionInterface
from sqlalchemy import event, select
from sqlalchemy.engine import Connection
from werkzeug.routing import Rule

from forum import create_app
from forum.config import Settings
from forum.content.models import PostState
from forum.core.db import WRITES, Base, db
from forum.core.secrets import hashed
from forum.core.time import now
from forum.people.models import Department, LinkPurpose, Person, WebSession
from forum.people.passwords import hash_password
from forum.spaces.models import Audience, Invitation, ItemState, JoinRequest, LogAudience, Role, Space, Visibility
from forum.spaces.policy import Can
from tests import factories
from tests.cast import CSRF, Browserless, Cast, form_token, make_cast
from tests.support.databases import settings_for

Row = dict[str, Any]
Dump = dict[str, list[sqlalchemy.Row[Any]]]
TABLES = Base.metadata.sorted_tables

ALL_ROWS = {
    table.name: str(select(sqlalchemy.text("*")).select_from(table).order_by(*table.primary_key.columns))
    for table in TABLES
}

CANARY = "quokka"
"""Begins every word that only members of a private space may read. A number follows, so that a leak says where it comes from."""

PEOPLE = (
    "outsider", "insider", "former", "admin", "reader", "champion", "colleague", "organiser", "steward", "suspended",
)  # fmt: skip
"""Whose browsers there are, besides nobody's."""

REFS = {"harbour": "harbr0000", "night-desk": "nghtdsk00", "champions": "champ0000", "guild": "gd0000000"}
"""What the addresses of a space's threads begin with."""

INVITATION_TOKEN = "an-invitation-to-{}"
LINK_TOKEN = "a-link-to-{}"
PASSWORD = "a harbour at four in the morning"


@dataclass(frozen=True, kw_only=True)
class Furniture:
    """What stands in a space, by the parts of its addresses."""

    slug: str
    ref: str
    """A question by the champion with five posts: 2 by the colleague is accepted, 3 by the champion was edited, 5 is hidden."""
    plain_ref: str
    """A conversation by the colleague, without posts of the champion."""
    organisers_ref: str
    """Only organisers see it."""
    hidden_ref: str
    """Nobody sees it."""
    token: str
    """Of an invitation by link."""
    invitation_id: int
    request_id: int


def canaries(numbers: Iterator[int]) -> Iterator[str]:
    """Yield words that stand nowhere else."""
    return (f"{CANARY}{number}" for number in numbers)


def furnish(space: Space, cast: Cast, *, waiting: Person, canary: int | None = None) -> None:
    """Put one of everything into `space`, with canaries from that number on as its words."""
    words = canaries(itertools.count(canary)) if canary else itertools.repeat("plain")
    refs = REFS[space.slug]
    champion, colleague, steward = cast.champion, cast.colleague, cast.steward
    if space.id == cast.night_desk.id:
        champion = colleague = steward = cast.insider
    question = factories.make_thread(
        space, author=champion, title=f"Where does {next(words)} go?", ref=f"{refs}q", texts=[f"Asked {next(words)}."]
    )
    factories.make_post(question, author=colleague, text=f"Answered {next(words)}.")
    edited = factories.make_post(question, author=champion, text=f"Thanked {next(words)}.")
    factories.make_revision(edited, text=f"Before {next(words)}.", editor=champion)
    named = factories.make_post(question, author=steward, text=f"Named {next(words)}.")
    factories.make_mention(named, colleague)
    factories.make_post(question, author=colleague, text=f"Gone {next(words)}.", state=PostState.HIDDEN)
    factories.make_accepted(question, number=2, by=champion)
    for ref, state, audience in (
        ("p", ItemState.PUBLISHED, Audience.SPACE),
        ("r", ItemState.PUBLISHED, Audience.ORGANISERS),
        ("h", ItemState.HIDDEN, Audience.SPACE),
    ):
        factories.make_thread(
            space,
            author=colleague,
            title=f"Telling {next(words)}",
            ref=f"{refs}{ref}",
            state=state,
            audience=audience,
            is_question=False,
            texts=[f"First {next(words)}.", f"Second {next(words)}."],
        )
    factories.make_section(space, name=f"Corner {next(words)}")
    for writer in {champion.id: champion, colleague.id: colleague}.values():
        factories.make_draft(writer, place=f"reply:{refs}q", body=f"Drafted {next(words)}.")
    factories.make_join_request(space, waiting, note=f"Please {next(words)}.")
    factories.make_invitation(space, by=steward, token=INVITATION_TOKEN.format(space.slug), uses=5)
    factories.make_invitation(space, by=steward, address=f"{next(words)}@example.org")
    factories.make_log_entry(
        "changed space", actor=steward, space=space, parts="name", reason=f"Because {next(words)}."
    )
    factories.make_log_entry(
        "invited address",
        actor=steward,
        space=space,
        role="champion",
        address=f"{next(words)}@example.org",
        audience=LogAudience.ORGANISERS,
    )


def settings_of(url: str) -> Settings:
    """Return the settings of the installation: whoever has an address at its own domain may join."""
    return settings_for(url, join_domains="example.org")


def fill(url: str) -> None:
    """Fill a migrated database. Made once for a run, and copied."""
    app = create_app(settings_of(url))
    with app.test_request_context("/"):
        make_world()
        db.session.remove()
        db.engine.dispose()


def make_world() -> None:
    """Make the people, the spaces and what stands in them."""
    cast = make_cast()
    waiting = factories.make_person(name="Wanda Waiting")
    annexe = factories.make_person(name="Anders Annexe")
    words = canaries(itertools.count(100))
    factories.rename_space(cast.night_desk, name=f"Night desk {next(words)}", purpose=f"Awake {next(words)}.")
    harbour = factories.make_space(name="Harbour", about=f"Ropes {next(words)}.", visibility=Visibility.PRIVATE)
    factories.rename_space(harbour, name=f"Harbour {next(words)}", purpose=f"Safe {next(words)}.")
    guild = factories.make_space(name="Guild", purpose="By request.", visibility=Visibility.BY_REQUEST)
    for space in (harbour, guild):
        for person, role in (
            (cast.steward, Role.STEWARD),
            (cast.organiser, Role.ORGANISER),
            (cast.champion, Role.CHAMPION),
            (cast.colleague, Role.CHAMPION),
            (cast.reader, Role.READER),
            (cast.suspended, Role.CHAMPION),
        ):
            factories.make_membership(space, person, role=role)
        factories.make_membership(space, cast.former, ended_at=now() - factories.A_DAY)
    factories.make_membership(cast.night_desk, annexe)
    factories.make_grant(harbour, to=cast.colleague, by=cast.steward, power=Can.DECIDE_REQUEST, because=next(words))
    furnish(harbour, cast, waiting=waiting, canary=200)
    furnish(cast.night_desk, cast, waiting=waiting, canary=300)
    furnish(cast.champions, cast, waiting=waiting)
    furnish(guild, cast, waiting=waiting)
    factories.set_password(cast.outsider, secret_hash=hash_password(PASSWORD))
    for name in PEOPLE:
        factories.make_web_session(getattr(cast, name), token=token_of(name))
    for purpose in LinkPurpose:
        is_newcomer = purpose is LinkPurpose.JOIN
        factories.make_secret_link(
            purpose,
            token=LINK_TOKEN.format(purpose.value.replace(" ", "-")),
            address="newcomer@example.org" if is_newcomer else "otto.elsewhere@example.org",
            person=None if is_newcomer else cast.outsider,
        )
    factories.make_kept_mail()


def token_of(name: str) -> str:
    """Return the token in the cookie of one of the cast."""
    return f"the browser of the {name}"


@dataclass
class World:
    """The installation, and the browsers of those who look at it."""

    app: Flask
    kind: str
    furniture: dict[str, Furniture] = field(default_factory=dict)
    ids: dict[str, int] = field(default_factory=dict)
    """The people's ids, by their part in the cast."""
    sessions: dict[str, int] = field(default_factory=dict)
    """The ids of their browsers' sessions."""
    department: str = ""
    before: Dump = field(default_factory=dict)
    rows: dict[str, list[Row]] = field(default_factory=dict)

    def learn(self) -> None:
        """Note what stands where, and remember all of it."""
        with self.app.app_context():
            for space in db.session.scalars(select(Space)):
                self.furniture[space.slug] = furniture_of(space)
            for handle, person_id in db.session.execute(select(Person.handle, Person.id)):
                self.ids[handle.rpartition(".")[2]] = person_id
            for name in PEOPLE:
                row = select(WebSession.id).where(WebSession.token_hash == hashed(token_of(name)))
                self.sessions[name] = db.session.scalars(row).one()
            self.department = db.session.scalars(select(Department.uuid)).one()
            with db.engine.connect() as connection:
                self.rows = {table.name: _rows(connection, table) for table in TABLES}
        self.before = self.dump()

    def rule(self, endpoint: str) -> Rule:
        """Return an address as the app knows it; of several, the first."""
        return next(self.app.url_map.iter_rules(endpoint))

    def browser(self, name: str) -> Browserless:
        """Return a fresh browser of one of `PEOPLE`, or of "nobody"; it holds a token for forms already."""
        self.app.test_client_class = Browserless
        client = self.app.test_client()
        assert isinstance(client, Browserless)
        held = (
            {"csrf_token": CSRF}
            if name == "nobody"
            else {"csrf_token": CSRF, "_user_id": token_of(name), "_fresh": True}
        )
        signer = SecureCookieSessionInterface().get_signing_serializer(self.app)
        assert signer is not None
        client.set_cookie(self.app.config["SESSION_COOKIE_NAME"], signer.dumps(held))
        client.token = self.form_token
        return client

    @cached_property
    def form_token(self) -> str:
        """The token that forms carry."""
        return form_token(self.app)

    def dump(self) -> Dump:
        """Return every row of every table, as the database gives it."""
        with self.app.app_context(), db.engine.connect() as connection:
            return {name: list(connection.exec_driver_sql(query)) for name, query in ALL_ROWS.items()}

    def changed_tables(self) -> set[str]:
        """Name the tables that are not as they were in the beginning."""
        after = self.dump()
        return {table for table, rows in after.items() if rows != self.before[table]}

    def restore(self) -> set[str]:
        """Make everything as it was in the beginning: only what changed is written. Gives the names of the tables that had changed."""
        changed = self.changed_tables()
        if not changed:
            return changed
        tables = [table for table in TABLES if table.name in changed]
        with self.app.app_context(), db.engine.connect() as bare:
            connection = bare.execution_options(**{WRITES: True})
            with connection.begin():
                after = {table.name: _rows(connection, table) for table in tables}
                for table in reversed(tables):
                    _delete(connection, table, after[table.name], keep=self.rows[table.name])
                for table in tables:
                    _put_back(connection, table, self.rows[table.name], over=after[table.name])
        return changed

    @contextmanager
    def counting(self) -> Iterator[list[str]]:
        """Collect the statements that the app sends to its database."""
        statements: list[str] = []

        def note(*args: Any) -> None:  # noqa: ANN401  # what SQLAlchemy hands over
            if not args[2].startswith(("BEGIN", "PRAGMA")):
                statements.append(args[2])

        with self.app.app_context():
            engine = db.engine
        event.listen(engine, "before_cursor_execute", note)
        try:
            yield statements
        finally:
            event.remove(engine, "before_cursor_execute", note)


def _rows(connection: Connection, table: sqlalchemy.Table) -> list[Row]:
    return [dict(row._mapping) for row in connection.execute(select(table))]


def _is_row(table: sqlalchemy.Table, row: Row) -> sqlalchemy.ColumnElement[bool]:
    return sqlalchemy.and_(*(column == row[column.name] for column in table.primary_key.columns))


def _keyed(table: sqlalchemy.Table, rows: list[Row]) -> dict[tuple[Any, ...], Row]:
    return {tuple(row[column.name] for column in table.primary_key.columns): row for row in rows}


def _delete(connection: Connection, table: sqlalchemy.Table, rows: list[Row], *, keep: list[Row]) -> None:
    for key in _keyed(table, rows).keys() - _keyed(table, keep).keys():
        connection.execute(table.delete().where(_is_row(table, _keyed(table, rows)[key])))


def _put_back(connection: Connection, table: sqlalchemy.Table, rows: list[Row], *, over: list[Row]) -> None:
    there = _keyed(table, over)
    for key, row in _keyed(table, rows).items():
        if key not in there:
            connection.execute(table.insert(), row)
        elif there[key] != row:
            connection.execute(table.update().where(_is_row(table, row)).values(**row))


def furniture_of(space: Space) -> Furniture:
    """Find what `furnish` put into a space."""
    refs = REFS[space.slug]
    link = select(Invitation.id).where(Invitation.space_id == space.id, Invitation.address.is_(None))
    request = select(JoinRequest.id).where(JoinRequest.space_id == space.id)
    return Furniture(
        slug=space.slug,
        ref=f"{refs}q",
        plain_ref=f"{refs}p",
        organisers_ref=f"{refs}r",
        hidden_ref=f"{refs}h",
        token=INVITATION_TOKEN.format(space.slug),
        invitation_id=db.session.scalars(link).one(),
        request_id=db.session.scalars(request).one(),
    )
