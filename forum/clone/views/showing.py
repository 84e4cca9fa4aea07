"""Where a space's stewards set what outsiders see of it."""

import re

from flask import redirect, render_template, request, url_for

from forum.clone.access import choosable_for
from forum.clone.actions import showing
from forum.clone.forms import ChooseForm, ShowcaseForm
from forum.clone.gathering import Bundle, gather
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
    return _page(here, _all_of(here))


@blueprint.post("/s/<slug>/showcase/edit")
@needs(Can.CHANGE_SPACE)
def save(here: Here) -> Page:
    """Set what outsiders see."""
    bundle = _all_of(here)
    form = _form(here, bundle, sent=True)
    if not form.validate_on_submit():
        return _page(here, bundle, form), 422
    try:
        how = _how(form.how.data or "")
    except Invalid as problem:
        form.add_problems(problem)
        return _page(here, bundle, form), 422
    wish = showing.Wish(
        is_open=form.is_open.data,
        offers_copy=form.offers_copy.data,
        shows_numbers=form.shows_numbers.data,
        parts=form.parts.data or [],
        how=how,
        was_along=_was_along() & {ref for ones in bundle.single().values() for ref, _title in ones},
        along=form.along.data or [],
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
        return _page(here, _all_of(here), choose_form=form), 422
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
        return _page(here, _all_of(here), choose_form=form), 422
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
    return _page(here, _all_of(here), link=absolute("clone.by_link", token=token))


@blueprint.post("/s/<slug>/showcase/link/end")
@needs(Can.CHANGE_SPACE)
def end_link(here: Here) -> Page:
    """Let the private link open nothing any more."""
    with transaction():
        showing.end_link(here)
    banner(_("The private link opens nothing any more."))
    return redirect(url_for("clone.edit", slug=here.space.slug), 303)


def _hint(part: Part, number: int, left_out: int) -> str:
    """Say how many of a part there are now, and how it arrives; only that there are none where there are none."""
    if not number:
        return _("None now.")
    if left_out:
        return _("%(number)s now, %(left)s left out. %(hint)s.", number=number, left=left_out, hint=part.hint)
    return _("%(number)s now. %(hint)s.", number=number, hint=part.hint)


def _ref_in(address: str) -> str:
    found = REF.search(address)
    if found is None:
        raise Missing
    return found.group(1)


def _all_of(here: Here) -> Bundle:
    """Return whatever could come along, also what was left out."""
    return gather(here.space, [part.name for part in house().parts], site=whole(""), with_left_out=True)


def _form(here: Here, bundle: Bundle, *, sent: bool = False) -> ShowcaseForm:
    showcase = showing.showcase_of(here)
    single = [one for ones in bundle.single().values() for one in ones]
    stands = {
        "how": showcase.how_source,
        "shows_numbers": showcase.shows_numbers,
        "parts": list(showcase.parts),
        "along": [ref for ref, _title in single if ref not in showcase.left_out],
        "offers_copy": showcase.offers_copy,
        "is_open": showcase.is_open,
    }
    form = ShowcaseForm() if sent else ShowcaseForm(formdata=None, data=stands)
    form.parts.choices = options((part.name, part.label) for part in house().parts)
    form.along.choices = list(single)
    return form


def _was_along() -> set[str]:
    """Return what came along when the form was looked at."""
    return set(request.form.getlist("was_along"))


def _page(
    here: Here,
    bundle: Bundle,
    form: ShowcaseForm | None = None,
    *,
    choose_form: ChooseForm | None = None,
    link: str = "",
) -> str:
    showcase = showing.showcase_of(here)
    single = {name: [ref for ref, _title in ones] for name, ones in bundle.single().items()}
    left_out = {name: len({*refs} & {*showcase.left_out}) for name, refs in single.items()}
    return render_template(
        "clone/edit.html",
        form=form or _form(here, bundle),
        choose_form=choose_form or ChooseForm(formdata=None),
        showcase=showcase,
        hints={part.name: _hint(part, bundle.count(part), left_out.get(part.name, 0)) for part in house().parts},
        single=single,
        was_along=_was_along() if form else {ref for refs in single.values() for ref in refs} - {*showcase.left_out},
        chosen=chosen_of(here.space.id),
        link=link,
        is_saved=bool(showcase.version) or request.method == "POST",
    )
