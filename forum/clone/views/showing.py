"""Where a space's stewards set what outsiders see of it."""

import re

from flask import redirect, render_template, request, url_for

from forum.clone.access import choosable_for
from forum.clone.actions import showing
from forum.clone.forms import ChooseForm, ShowcaseForm
from forum.clone.gathering import gather
from forum.clone.queries import chosen_of
from forum.clone.rooms import house
from forum.clone.views import Page, blueprint
from forum.core.db import transaction
from forum.core.errors import Invalid, Missing, RuleBroken
from forum.core.markup import Rendered
from forum.core.text import REF_ALPHABET, REF_LENGTH
from forum.spaces.copied import Part
from forum.spaces.guard import Here, needs
from forum.spaces.policy import Can
from forum.web.banners import banner
from forum.web.forms import options
from forum.web.links import absolute, whole
from forum.web.turns import lay_out
from forum.web.words import _

REF = re.compile(rf"/([{REF_ALPHABET}]{{{REF_LENGTH}}})(?:[/?#]|$)")


@blueprint.get("/s/<slug>/showcase/edit")
@needs(Can.CHANGE_SPACE)
def edit(here: Here) -> Page:
    """Show what outsiders see of the space, to be changed."""
    return _page(here, _form(here))


@blueprint.post("/s/<slug>/showcase/edit")
@needs(Can.CHANGE_SPACE)
def save(here: Here) -> Page:
    """Set what outsiders see."""
    form = _form(here, sent=True)
    if not form.validate_on_submit():
        return _page(here, form), 422
    try:
        how = _how(form.how.data or "")
    except Invalid as problem:
        form.add_problems(problem)
        return _page(here, form), 422
    wish = showing.Wish(
        is_open=form.is_open.data,
        offers_copy=form.offers_copy.data,
        shows_numbers=form.shows_numbers.data,
        parts=form.parts.data or [],
        how=how,
    )
    with transaction():
        showing.describe(here, wish)
    banner(
        _("The showcase is saved. Everybody with an account here can look at it.")
        if wish.is_open
        else _("The showcase is saved.")
    )
    return redirect(url_for("clone.edit", slug=here.space.slug), 303)


def _how(source: str) -> Rendered | None:
    return lay_out(source, name="how") if source.strip() else None


@blueprint.post("/s/<slug>/showcase/items")
@needs(Can.CHANGE_SPACE)
def choose(here: Here) -> Page:
    """Choose a story or a thread, by its address."""
    form = ChooseForm()
    if not form.validate_on_submit():
        return _page(here, _form(here), form), 422
    try:
        with transaction():
            item = showing.choose(here, _ref_in(form.address.data or ""))
    except (Missing, RuleBroken) as why:
        said = (
            str(why)
            if isinstance(why, RuleBroken)
            else _("No story or thread of this space stands there, or not for all members.")
        )
        form.address.errors = [*form.address.errors, said]
        return _page(here, _form(here), form), 422
    banner(_("“%(title)s” is chosen. It shows as soon as everybody agreed who wrote it.", title=item.title))
    return redirect(url_for("clone.edit", slug=here.space.slug, _anchor="chosen"), 303)


@blueprint.get("/s/<slug>/showcase/items/<ref>")
@needs(Can.CHANGE_SPACE)
def offer(here: Here, ref: str) -> Page:
    """Say what it means to show an item to other teams."""
    return render_template("clone/offer.html", item=choosable_for(here, ref))


@blueprint.post("/s/<slug>/showcase/items/<ref>")
@needs(Can.CHANGE_SPACE)
def choose_one(here: Here, ref: str) -> Page:
    """Choose a story or a thread from its own page."""
    with transaction():
        item = showing.choose(here, ref)
    banner(_("“%(title)s” is chosen. It shows as soon as everybody agreed who wrote it.", title=item.title))
    return redirect(url_for("clone.edit", slug=here.space.slug, _anchor="chosen"), 303)


@blueprint.post("/s/<slug>/showcase/items/<ref>/drop")
@needs(Can.CHANGE_SPACE)
def drop(here: Here, ref: str) -> Page:
    """Show an item no longer."""
    with transaction():
        item = showing.drop(here, ref)
    banner(_("“%(title)s” is shown no longer. Copies that were made keep it.", title=item.title))
    return redirect(url_for("clone.edit", slug=here.space.slug, _anchor="chosen"), 303)


@blueprint.post("/s/<slug>/showcase/link")
@needs(Can.CHANGE_SPACE)
def make_link(here: Here) -> Page:
    """Make a private link; it is shown this once."""
    with transaction():
        token = showing.make_link(here)
    return _page(here, _form(here), link=absolute("clone.by_link", token=token))


@blueprint.post("/s/<slug>/showcase/link/end")
@needs(Can.CHANGE_SPACE)
def end_link(here: Here) -> Page:
    """Let the private link open nothing any more."""
    with transaction():
        showing.end_link(here)
    banner(_("The private link opens nothing any more."))
    return redirect(url_for("clone.edit", slug=here.space.slug), 303)


def _hint(part: Part, number: int) -> str:
    """Say how many of a part there are now, and how it arrives; only that there are none where there are none."""
    return _("%(number)s now. %(hint)s.", number=number, hint=part.hint) if number else _("None now.")


def _ref_in(address: str) -> str:
    found = REF.search(address)
    if found is None:
        raise Missing
    return found.group(1)


def _form(here: Here, *, sent: bool = False) -> ShowcaseForm:
    showcase = showing.showcase_of(here)
    stands = {
        "how": showcase.how_source,
        "shows_numbers": showcase.shows_numbers,
        "parts": list(showcase.parts),
        "offers_copy": showcase.offers_copy,
        "is_open": showcase.is_open,
    }
    form = ShowcaseForm() if sent else ShowcaseForm(formdata=None, data=stands)
    form.parts.choices = options((part.name, part.label) for part in house().parts)
    return form


def _page(here: Here, form: ShowcaseForm, chosen_form: ChooseForm | None = None, *, link: str = "") -> str:
    showcase = showing.showcase_of(here)
    bundle = gather(here.space, [part.name for part in house().parts], site=whole(""))
    hints = {part.name: _hint(part, bundle.count(part)) for part in house().parts}
    return render_template(
        "clone/edit.html",
        form=form,
        choose_form=chosen_form or ChooseForm(formdata=None),
        showcase=showcase,
        hints=hints,
        chosen=chosen_of(here.space.id),
        link=link,
        is_saved=bool(showcase.version) or request.method == "POST",
    )
