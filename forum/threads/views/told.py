"""Who was told of a post: its ledger, for organisers."""

from flask import current_app, render_template

from forum.config import Settings
from forum.content.access import post_for
from forum.content.ledger import How, ledger_of
from forum.core.db import db
from forum.core.errors import Missing
from forum.spaces.guard import Here, needs
from forum.spaces.models import ItemState
from forum.spaces.policy import Can
from forum.threads import addresses
from forum.threads.access import thread_for
from forum.threads.models import Announcement
from forum.threads.views import Page, blueprint


@blueprint.get("/<ref>/posts/<int:number>/told")
@needs(Can.SEE_LEDGER)
def told(here: Here, ref: str, number: int) -> Page:
    """Show how many were to be told of a post, and what became of it. What isn't published was told to nobody (A5)."""
    _thread, item = thread_for(here, ref)
    if item.state is not ItemState.PUBLISHED:
        raise Missing
    post = post_for(item, number)
    for_all = number == 1 and db.session.get(Announcement, item.id) is not None
    settings: Settings = current_app.extensions["baton"].settings
    return render_template(
        "threads/told.html",
        item=item,
        post=post,
        ledger=ledger_of(item, post, for_all=for_all, mails_demo=settings.keeps_mail),
        How=How,
        for_all=for_all,
        kept_days=settings.keep_deliveries_days,
        thread_url=addresses.thread_url_of(here.space.slug, ref),
    )
