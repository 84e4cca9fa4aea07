"""Reads the demo's files. Pure: text in, values out; FORMAT.md describes the text."""

import re
import tomllib
from datetime import time
from pathlib import Path
from typing import Any

from forum.home.demo.shapes import (
    Asked,
    Bookmark,
    CaughtUp,
    Demo,
    Draft,
    Edit,
    Flag,
    Held,
    Mark,
    Member,
    Merged,
    Moment,
    Organisation,
    Person,
    Poll,
    Post,
    Request,
    Said,
    Section,
    Space,
    Thread,
)

Table = dict[str, Any]

HERE = Path(__file__).parent
WEEK = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
DAYS_AGO = re.compile(r"-(?P<days>[1-9]\d*)d (?P<clock>\d\d:\d\d)")
JUST_NOW = re.compile(r"-(?P<count>[1-9]\d*)(?P<unit>[hm])")
MOMENT = r"-\d+d \d\d:\d\d|-\d+[hm]"
HEAD = re.compile(
    rf"^=== (?:(?P<number>\d+) (?P<author>[a-z]+\.[a-z]+)|edited) (?P<at>{MOMENT})(?: to (?P<to>\d+)(?P<mail> by mail)?)?$",
    re.MULTILINE,
)
FENCE = "+++\n"


class Unreadable(ValueError):
    """A file of the demo does not say what FORMAT.md asks for."""


def load(folder: Path = HERE) -> Demo:
    """Read the demo organisation in `folder`. Raises Unreadable, naming the file."""
    organisation = tomllib.loads((folder / "organisation.toml").read_text("utf-8"))
    reading = tomllib.loads((folder / "reading.toml").read_text("utf-8"))
    spaces = tuple(read_space(table) for table in organisation["spaces"])
    return Demo(
        organisation=Organisation(
            name=organisation["name"],
            domain=organisation["domain"],
            zone=organisation["zone"],
            language=organisation["language"],
        ),
        departments=tuple(organisation["departments"]),
        people=tuple(read_person(table, organisation=organisation) for table in organisation["people"]),
        spaces=spaces,
        threads=tuple(thread for space in spaces for thread in _threads_of(space, folder=folder)),
        caught_up=tuple(read_caught_up(table) for table in reading["caught_up"]),
        marks=tuple(Mark(**table) for table in reading["marks"]),
        drafts=tuple(read_draft(table) for table in reading["drafts"]),
        said=tuple(Said(**{**table, "by": tuple(table["by"])}) for table in reading["said"]),
        bookmarks=tuple(Bookmark(**table) for table in reading["bookmarks"]),
        flags=tuple(Flag(**table) for table in reading["flags"]),
        held=tuple(Held(**table) for table in reading["held"]),
        polls=tuple(read_poll(table) for table in reading["polls"]),
        asked=tuple(Asked(**{**table, "at": read_moment(table["at"])}) for table in reading["asked"]),
    )


def _threads_of(space: Space, *, folder: Path) -> list[Thread]:
    files = sorted((folder / "threads" / space.slug).glob("*.md"))
    return [read_thread(file.read_text("utf-8"), ref=f"{space.slug}/{file.stem}") for file in files]


def read_moment(text: str) -> Moment:
    """Read "-12d 09:40", "-2h" or "-25m"."""
    if match := DAYS_AGO.fullmatch(text):
        return Moment(working_days=int(match["days"]), clock=time.fromisoformat(match["clock"]))
    if match := JUST_NOW.fullmatch(text):
        return Moment(minutes=int(match["count"]) * (60 if match["unit"] == "h" else 1))
    raise Unreadable(f"“{text}” is no moment such as -12d 09:40, -2h or -25m.")


def _moment_or_none(text: str | None) -> Moment | None:
    return None if text is None else read_moment(text)


def read_person(table: Table, *, organisation: Table) -> Person:
    """Read one of the people; zone, language and the address's domain are the organisation's unless the person has their own."""
    return Person(
        handle=table["handle"],
        name=table["name"],
        address=f"{table['handle']}@{organisation['domain']}",
        department=table["department"],
        ask_about=table["ask_about"],
        working_days=tuple(WEEK.index(day) for day in table["working_days"]),
        zone=table.get("zone") or organisation["zone"],
        language=table.get("language") or organisation["language"],
        admin=table.get("admin", False),
        suspended=_moment_or_none(table.get("suspended")),
        mail=table.get("mail", ""),
    )


def read_space(table: Table) -> Space:
    """Read a space with its sections, members and those who wait to be let in."""
    return Space(
        slug=table["slug"],
        name=table["name"],
        purpose=table["purpose"],
        about=table["about"].strip(),
        visibility=table["visibility"],
        cloth=table["cloth"],
        opened=read_moment(table["opened"]),
        sections=tuple(Section(**section) for section in table["sections"]),
        members=tuple(_member(member) for member in table["members"]),
        requests=tuple(
            Request(person=request["person"], asked=read_moment(request["asked"]), note=request["note"])
            for request in table.get("requests", [])
        ),
    )


def _member(table: Table) -> Member:
    return Member(
        person=table["person"],
        role=table["role"],
        joined=read_moment(table["joined"]),
        left=_moment_or_none(table.get("left")),
    )


def read_caught_up(table: Table) -> CaughtUp:
    """Read how far somebody has read in a space."""
    return CaughtUp(person=table["person"], space=table["space"], until=read_moment(table["until"]))


def read_draft(table: Table) -> Draft:
    """Read a draft. One with a thread is a reply, and the thread says which space."""
    thread: str | None = table.get("thread")
    return Draft(
        person=table["person"],
        space=thread.partition("/")[0] if thread else table["space"],
        thread=thread,
        in_reply_to=table.get("in_reply_to"),
        section=table.get("section"),
        title=table.get("title", ""),
        body=table["body"].strip(),
        saved=read_moment(table["saved"]),
    )


def read_poll(table: Table) -> Poll:
    """Read the poll of a thread."""
    votes = {handle: tuple(places) for handle, places in table["votes"].items()}
    return Poll(**{**table, "options": tuple(table["options"]), "votes": votes})


def read_thread(text: str, *, ref: str) -> Thread:
    """Read a thread's file. `ref` is "space/NN-slug"."""
    nothing, head, body = [*text.split(FENCE, 2), "", ""][:3]
    if nothing or not body:
        raise Unreadable(f"{ref} does not begin with a head between two +++ lines.")
    about = tomllib.loads(head)
    return Thread(
        ref=ref,
        space=ref.partition("/")[0],
        section=about["section"],
        title=about["title"],
        question=about.get("question", False),
        accepted=about.get("accepted"),
        accepted_at=_moment_or_none(about.get("accepted_at")),
        announced_for=about.get("announced_for"),
        posts=read_posts(body, ref=ref),
        merged=_merged(about.get("merged")),
    )


def _merged(table: Table | None) -> Merged | None:
    return None if table is None else Merged(**{**table, "at": read_moment(table["at"])})


def read_posts(body: str, *, ref: str) -> tuple[Post, ...]:
    """Read the posts of a thread, each with its edits."""
    heads = list(HEAD.finditer(body))
    if not heads or body[: heads[0].start()].strip():
        raise Unreadable(f"{ref} does not begin its first post with === 1 handle moment.")
    ends = [head.start() for head in heads[1:]] + [len(body)]
    pieces = [(head, body[head.end() : end].strip()) for head, end in zip(heads, ends, strict=True)]
    posts: list[Post] = []
    for place, (head, source) in enumerate(pieces):
        if head["number"] is not None:
            posts.append(_post(head, source, edits=_edits_after(pieces, place)))
        elif not posts:
            raise Unreadable(f"{ref} edits a post before there is one.")
    return tuple(posts)


def _post(head: re.Match[str], source: str, *, edits: tuple[Edit, ...]) -> Post:
    return Post(
        number=int(head["number"]),
        author=head["author"],
        at=read_moment(head["at"]),
        in_reply_to=int(head["to"]) if head["to"] else None,
        by_mail=head["mail"] is not None,
        source=source,
        edits=edits,
    )


def _edits_after(pieces: list[tuple[re.Match[str], str]], place: int) -> tuple[Edit, ...]:
    edits: list[Edit] = []
    for head, source in pieces[place + 1 :]:
        if head["number"] is not None:
            break
        edits.append(Edit(at=read_moment(head["at"]), source=source))
    return tuple(edits)
