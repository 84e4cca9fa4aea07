"""A reply by mail becomes a post: by the same actions, rules and limits as one in the browser. In the way stands a Refused."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from io import BytesIO
from urllib.parse import urlsplit

from flask import current_app
from sqlalchemy import select
from werkzeug.datastructures import FileStorage

from forum.config import Settings
from forum.content import limits, reading
from forum.content.answering import answered_post, without_keys
from forum.content.attachments.actions import send_with, take_out_unsent, with_pictures
from forum.content.attachments.queries import Attached
from forum.content.attachments.taking import take_in
from forum.content.attachments.told import Told
from forum.content.models import ALT_LENGTH, Post, PostMail, PostState
from forum.content.naming import text_for
from forum.content.stopping import stop_url
from forum.core.db import db, lock, transaction
from forum.core.errors import BatonError, Crowded, Denied, Invalid, Missing, RuleBroken, TooMany
from forum.core.markup import Rendered
from forum.core.secrets import new_nonce
from forum.core.text import without_addresses
from forum.core.time import now
from forum.mailin.models import Became
from forum.mailin.reading import PLACEHOLDER, File, Incoming
from forum.notify.models import ReplyKey
from forum.notify.notices import read_all
from forum.people.models import Person
from forum.spaces.feature import kind_of
from forum.spaces.guard import Here, here_for
from forum.spaces.models import Item, Membership, Space
from forum.spaces.parts import ItemKind
from forum.spaces.policy import Can
from forum.spaces.queries import visible_items
from forum.web.words import _

PLACE = "mail:"
LONGEST_REST = 20_000
AGAIN_WITHIN = timedelta(minutes=10)
"""The same words to the same post so soon are the same reply, sent twice: some programmes give each try a Message-ID of its own."""
Note = Callable[[Became, str], Became]


class Later(Exception):
    """Baton is too busy for the message now; it is taken when it comes again."""


class RepeatError(BatonError):
    """The message was settled meanwhile, by whoever had another copy of it."""


class SaidAgain(RepeatError):
    """The same stands there already, by another message."""

    def __init__(self, since: datetime) -> None:
        """`since` is when that was posted."""
        super().__init__(since.isoformat())
        self.since = since


class Refused(BatonError):
    """The message becomes no post. Says what became of it instead, and in a sentence which rule it was."""

    def __init__(self, became: Became, detail: str = "", *, is_quiet: bool = False) -> None:
        """`is_quiet`: nobody is answered."""
        super().__init__(str(became))
        self.became = became
        self.detail = detail
        self.is_quiet = is_quiet


@dataclass(frozen=True, kw_only=True)
class Reply:
    """A message, by whom it is, the key that it answers with, what they wrote, and what was trimmed from it."""

    person: Person
    key: ReplyKey
    mail: Incoming
    text: str
    rest: str
    is_cut: bool

    @property
    def once(self) -> str:
        """The same for the same message, and 32 characters long."""
        return sha256(f"{self.mail.message_id}\0{self.mail.sender}".encode()).hexdigest()[:32]

    @property
    def files(self) -> list[File]:
        """What they sent along: not the pictures of a signature or of what is quoted."""
        return [file for file in self.mail.files if not file.is_inside or file.is_named_in(self.text)]


@dataclass(frozen=True, kw_only=True)
class Goal:
    """Where a reply goes: how its author stands there, the item, its kind, and the post that is answered."""

    here: Here
    item: Item
    kind: ItemKind
    post: Post


def post_reply(reply: Reply, *, note: Note) -> Became:
    """Write the post, and what `note` writes, in one transaction. Raises Refused, RepeatError, Later, and what the database raises."""
    goal = _goal(reply)
    place = f"{PLACE}{new_nonce()}"  # not the message's own: copies of it may come at once
    try:
        new, problems = _take_files(reply, goal, place)
        if not reply.text.strip() and not any(one.is_picture for one in new):
            raise Refused(Became.FILES if problems else Became.EMPTY, " ".join(problems))
        return _write(reply, goal, place, new=new, problems=problems, note=note)
    except TooMany as slow:
        raise Refused(Became.LIMIT, slow.why) from slow
    except Crowded as crowded:
        raise Later from crowded
    except Invalid as invalid:
        raise _invalid(invalid) from invalid
    except Missing as missing:
        raise Refused(Became.GONE) from missing
    except (Denied, RuleBroken) as broken:
        raise Refused(Became.CLOSED, broken.why) from broken
    finally:
        if reply.files:
            with transaction():
                take_out_unsent(reply.person, place)


def _goal(reply: Reply) -> Goal:
    """Return where the reply goes. Raises Refused for what the message or its author's standing already says."""
    settings: Settings = current_app.extensions["baton"].settings
    if not reply.person.is_active:
        raise Refused(Became.SUSPENDED, _("Your account is suspended."))
    post = answered_post(reply.key)
    if post is None:
        raise Refused(Became.DIGEST)
    if reply.key.made_at < now() - timedelta(days=settings.reply_days):
        raise Refused(Became.TOO_OLD)
    if reply.is_cut:
        raise Refused(Became.TOO_BIG, _("A message may have %(most)s MB.", most=settings.mail_in_mb))
    if reply.mail.is_broken:
        raise Refused(Became.UNREADABLE)
    if not reply.text.strip() and not reply.files:
        raise Refused(Became.EMPTY)
    item = db.session.get_one(Item, post.item_id)
    here = _standing(reply.person, item)
    if here.suspension is not None:
        raise Refused(Became.SUSPENDED, here.why_suspended)
    kind = kind_of(item)
    if why := kind.why_not_reply(here, item):
        raise Refused(Became.CLOSED, why)
    return Goal(here=here, item=item, kind=kind, post=post)


def _standing(person: Person, item: Item) -> Here:
    """Return how somebody stands in the item's space, if they still belong there and see the item. Raises Refused."""
    space = db.session.get_one(Space, item.space_id)
    is_member = select(Membership.id).where(
        Membership.space_id == space.id, Membership.person_id == person.id, Membership.ended_at.is_(None)
    )
    if db.session.scalar(is_member) is None:
        raise Refused(Became.NOT_MEMBER)
    if db.session.scalar(select(Item.id).where(Item.id == item.id, visible_items(person, now()))) is None:
        raise Refused(Became.GONE)
    return here_for(person, space.slug)


def _take_files(reply: Reply, goal: Goal, place: str) -> tuple[list[Attached], Sequence[str]]:
    """Attach what came along at `place`, and say what could not be taken. Raises Later."""
    files = [FileStorage(BytesIO(file.data), filename=file.name) for file in reply.files]
    if not files:
        return [], ()
    taken = take_in(goal.here, place, files, power=Can.WRITE_POST)
    if taken.is_busy:
        raise Later
    return [one.as_told(_told(taken.new)) for one in taken.new], taken.problems


def _told(files: Sequence[Attached]) -> Told:
    """Say of pictures what can be said: nobody described them, and their author can."""
    return Told(
        alts={
            one.ref: _("A picture sent by mail: %(name)s", name=one.name)[:ALT_LENGTH]
            for one in files
            if one.is_picture
        }
    )


def _write(reply: Reply, goal: Goal, place: str, *, new: list[Attached], problems: Sequence[str], note: Note) -> Became:
    here, item = goal.here, goal.item
    told = _told(new)
    text = _rendered(reply, goal, source=with_pictures(_without_places(reply), new), told=told)
    number = goal.post.number if goal.post.state is PostState.PUBLISHED else None
    rest = _shown_rest(reply, item)
    with limits.counting(here, limits.Kind.POST), transaction():
        _check_new(reply, item, text.source, number)
        post = goal.kind.reply(here, item, text, number, reply.once)
        became = Became.HELD if post.state is PostState.HELD else Became.PARTLY if problems else Became.POSTED
        note(became, " ".join(problems))
        send_with(here, post, place=place, told=told, text=text)
        db.session.add(PostMail(post_id=post.id, trimmed=rest))
        if goal.post.has_number:
            reading.read_up_to(reply.person, item, goal.post.number)
            read_all(reply.person.id, reading.is_told_of(item.id, after=0, up_to=goal.post.number))
    return became


def _check_new(reply: Reply, item: Item, source: str, number: int | None) -> None:
    """Check that the same wasn't posted by mail a moment ago. With files it may be new. Raises SaidAgain, Missing."""
    if lock(Item, item.id) is None:
        raise Missing
    if reply.files:
        return
    said = (
        select(Post.created_at)
        .join(PostMail, PostMail.post_id == Post.id)
        .where(
            Post.item_id == item.id,
            Post.author_id == reply.person.id,
            Post.in_reply_to.is_not_distinct_from(number),
            Post.source == source,
            Post.state.in_((PostState.PUBLISHED, PostState.HELD)),
            Post.created_at > now() - AGAIN_WITHIN,
        )
        .order_by(Post.id.desc())
    )
    since = db.session.scalars(said.limit(1)).first()
    if since is not None:
        raise SaidAgain(since)


def _rendered(reply: Reply, goal: Goal, *, source: str, told: Told) -> Rendered:
    space = goal.here.space
    return text_for(
        space,
        without_keys(source, *_stop_tokens(reply.person, goal.item)),
        author=reply.person,
        item_id=goal.item.id,
        posts_url=goal.kind.posts_url(space.slug, goal.item.ref),
        told=told,
    )


def _shown_rest(reply: Reply, item: Item) -> str:
    """Return what was trimmed without what would let others act: keys, links that stop mail, addresses."""
    return without_addresses(without_keys(reply.rest, *_stop_tokens(reply.person, item)))[:LONGEST_REST]


def _stop_tokens(person: Person, item: Item) -> list[str]:
    about = item, db.session.get_one(Space, item.space_id), None
    return [urlsplit(stop_url(person, what)).path.rpartition("/")[2] for what in about]


def _without_places(reply: Reply) -> str:
    """Return the text without the words that mail programmes put where a picture stood that came along."""
    names = {name for file in reply.files for name in (file.cid, file.name)}
    return PLACEHOLDER.sub(lambda found: "" if found[1] in names else found[0], reply.text)


def _invalid(invalid: Invalid) -> Refused:
    sentences = [sentence for found in invalid.errors.values() for sentence in found]
    return Refused(Became.FILES if "files" in invalid.errors else Became.NOT_LAID_OUT, " ".join(sentences))
