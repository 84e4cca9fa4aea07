"""The log in sentences: "Aisha Rahman made Priya Nair an organiser." Other rooms add theirs with `Feature.log_sentences`."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from markupsafe import Markup, escape

from forum.people.models import Person
from forum.spaces.feature import features
from forum.spaces.models import LogAudience
from forum.spaces.policy import Can
from forum.spaces.queries.logbook import Line
from forum.spaces.words import WITH_ARTICLE
from forum.web.rendering import long_day
from forum.web.words import LazyString, _, _l

SENTENCES: Mapping[str, LazyString] = {
    "made space": _l("%(actor)s made this space."),
    "changed space": _l("%(actor)s changed %(parts)s."),
    "changed visibility": _l("%(actor)s changed who can see this space, from %(old)s to %(new)s."),
    "archived space": _l("%(actor)s closed this space."),
    "took space out of archive": _l("%(actor)s opened this space again."),
    "added member": _l("%(actor)s brought in %(person)s as %(role)s."),
    "joined space": _l("%(actor)s joined."),
    "left space": _l("%(actor)s left."),
    "closed account": _l("The account of %(actor)s was closed, so they are a member no longer."),
    "lost last steward": _l("%(actor)s was the only steward. An admin of this installation can appoint another."),
    "removed member": _l("%(actor)s removed %(person)s."),
    "suspended member": _l("%(actor)s suspended %(person)s until %(until)s."),
    "changed suspension": _l("%(actor)s changed the suspension of %(person)s: it lasts until %(until)s."),
    "ended suspension": _l("%(actor)s ended the suspension of %(person)s."),
    "changed role": _l("%(actor)s made %(person)s %(new)s."),
    "stepped down": _l("%(actor)s stepped down and is %(new)s now."),
    "appointed steward": _l("%(actor)s, an admin of this installation, made %(person)s a steward."),
    "accepted request": _l("%(actor)s let in %(person)s as %(role)s."),
    "declined request": _l("%(actor)s declined the request of %(person)s to join."),
    "came by invitation": _l("%(person)s came in as %(role)s, invited by %(actor)s."),
    "invited address": _l("%(actor)s invited somebody by mail, as %(role)s."),
    "invited addresses": _l("%(actor)s invited %(number)s people by mail, as %(role)s each."),
    "sent invitation again": _l("%(actor)s sent an invitation again, for %(role)s."),
    "made invitation link": _l("%(actor)s made an invitation link, for %(role)s."),
    "revoked invitation": _l("%(actor)s revoked an invitation, for %(role)s."),
    "lent right": _l("%(actor)s lent %(person)s the right to %(power)s."),
    "right lent": _l("%(person)s covers, and has the right to %(power)s meanwhile."),
    "right ended": _l("What %(person)s covered is over, and with it the right to %(power)s."),
    "took back right": _l("%(actor)s ended the loan with %(person)s of the right to %(power)s."),
}

WORDS: Mapping[str, LazyString] = {
    **{role.value: words for role, words in WITH_ARTICLE.items()},
    "open": _l("open"),
    "by request": _l("by request"),
    "private": _l("private"),
    "name": _l("the name"),
    "purpose": _l("the purpose"),
    "about": _l("the text about this space"),
    "cloth": _l("the colour"),
    "zone": _l("the time zone"),
    "midday": _l("when the second half of a day begins"),
    Can.EDIT_ANY_POST.value: _l("edit posts"),
    Can.REMOVE_ANY_POST.value: _l("remove posts"),
    Can.ACCEPT_ANY_ANSWER.value: _l("accept answers"),
    Can.INVITE_MEMBER.value: _l("invite people"),
    Can.DECIDE_REQUEST.value: _l("let people in"),
}
"""How the short words in `details` of SENTENCES are said; what isn't here is said as it is."""


@dataclass(frozen=True, kw_only=True)
class Told:
    """A line of the log, ready to read."""

    at: datetime
    sentence: Markup
    reason: str
    for_organisers: bool


def tell(line: Line) -> Told:
    """Put a line into words. Everything in it but our own words is escaped (A12)."""
    entry = line.entry
    named = {
        "actor": _actor(entry.actor, entry.on_behalf_of),
        "person": _name(entry.person),
        "item": _title(line),
    }
    is_own = entry.verb in SENTENCES  # other rooms' details hold what people wrote: a section may be called "champion"
    said = {name: _say(name, value) if is_own else value for name, value in entry.details.items()}
    known = _sentences().get(entry.verb)
    try:
        sentence = escape(str(known)) % {**said, **named} if known else _plainly(line, named)
    except (KeyError, TypeError, ValueError):  # an old entry may lack what today's sentence names
        sentence = _plainly(line, named)
    return Told(
        at=entry.at,
        sentence=sentence,
        reason=entry.reason,
        for_organisers=entry.audience is LogAudience.ORGANISERS,
    )


def _sentences() -> dict[str, LazyString]:
    found: dict[str, LazyString] = {}
    for feature in features():
        found |= feature.log_sentences
    return found


def _plainly(line: Line, named: Mapping[str, Markup]) -> Markup:
    """Tell a verb that has no sentence: who, what, to whom."""
    entry = line.entry
    parts = [named["actor"], Markup(": "), escape(entry.verb)]
    if entry.person_id is not None:
        parts += [Markup(", "), named["person"]]
    if entry.item_id is not None:
        parts += [Markup(", "), named["item"]]
    return Markup("").join([*parts, Markup(".")])


def _actor(actor: Person | None, other: Person | None) -> Markup:
    if other is None:
        return _name(actor)
    return escape(_("%(actor)s for %(other)s")) % {"actor": _name(actor), "other": _name(other)}


def _name(person: Person | None) -> Markup:
    return Markup("<b>{}</b>").format(person.name if person else _("Somebody"))


def _title(line: Line) -> Markup:
    if line.item is None:
        return escape(_("something that can’t be shown"))
    return Markup("“{}”").format(line.item.title)


def _say(name: str, value: str) -> str:
    if name == "until":
        there = date.fromisoformat(value)
        return f"{long_day(there)} {there.year}"
    if value in WORDS:
        return str(WORDS[value])
    words = [str(WORDS[word]) for word in value.split() if word in WORDS]
    return ", ".join(words) if words and len(words) == len(value.split()) else value
