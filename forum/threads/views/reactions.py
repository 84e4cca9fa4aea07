"""What is said about a post with one press."""

from flask import jsonify, redirect, request
from werkzeug.wrappers import Response

from forum.content import limits
from forum.content.access import post_for
from forum.content.models import ReactionKind
from forum.content.reacting import react, said_of, take_back
from forum.core.db import transaction
from forum.core.errors import Missing
from forum.spaces.guard import Here, needs
from forum.spaces.policy import Can
from forum.threads import addresses
from forum.threads.access import thread_for
from forum.threads.views import blueprint


@blueprint.post("/<ref>/react")
@needs(Can.SEE_THREADS)
def give(here: Here, ref: str) -> Response:
    """Say something about a post, or take it back: "give" or "take" holds the kind and the post's number."""
    _thread, item = thread_for(here, ref)
    does, kind, number = wish_of()
    post = post_for(item, number)
    with limits.counting(here, limits.Kind.PRESS), transaction():
        (react if does == "give" else take_back)(here, post, kind)
    if request.headers.get("X-Requested-With") == "fetch":
        said = said_of(item, here.actor, after=number - 1, size=1).get(number, {})
        return jsonify({one.value: {"people": said[one].people, "mine": said[one].by_me} for one in said})
    return redirect(addresses.post_url(here.space.slug, ref, number), 303)


def wish_of() -> tuple[str, ReactionKind, int]:
    """Read which press it was, such as give="thanks 7". Raises Missing for what no page of ours sends."""
    for does in ("give", "take"):
        word, _space, number = request.form.get(does, "").rpartition(" ")
        if word in set(ReactionKind) and number.isascii() and number.isdigit() and len(number) < len(str(2**31)):
            return does, ReactionKind(word), int(number)
    raise Missing
