"""The register of accounts, what is known of one, and whether one is really ours."""

from datetime import timedelta

from flask import render_template, request
from flask_login import current_user
from werkzeug.wrappers import Response

from forum.core.db import db, transaction
from forum.core.errors import Denied, Invalid, Missing, RuleBroken
from forum.core.time import today
from forum.people.sessions import me
from forum.roster.access import duty_for, why_not_change
from forum.roster.actions import accounts as actions
from forum.roster.actions.duties import is_holder
from forum.roster.models import Account, Duty, DutyKind
from forum.roster.queries.accounts import Told, accounts_of, address_of, is_ours, open_spaces, spaces_asked
from forum.roster.queries.duties import who_may_hold
from forum.roster.seat_forms import AccountForm, OursForm
from forum.roster.views import Page, blueprint, register
from forum.roster.views.duties import to_duty
from forum.spaces.guard import Here, needs
from forum.spaces.models import Item
from forum.spaces.policy import Can
from forum.web.access import anyone
from forum.web.banners import banner
from forum.web.limits import limit, network_of
from forum.web.sheets import sheet
from forum.web.words import _

ASKED_AN_HOUR = 60
STRANGERS_AN_HOUR = 20
"""Of a network: enough for a household, too few to find out what we run."""


@blueprint.get("/accounts")
@needs(Can.SEE_ROSTER)
def accounts(here: Here) -> Page:
    """Show every account, and which only one person can get into."""
    return render_template("roster/accounts.html", lines=accounts_of(here))


@blueprint.get("/accounts.csv")
@needs(Can.SEE_ROSTER)
def accounts_sheet(here: Here) -> Response:
    """Give the register as a table (A12)."""
    head = [
        _("Name"), _("Where it is"), _("Address"), _("What it is for"), _("Holder"), _("Second administrator"),
        _("Who or what gets it back"), _("Where the vault is"), _("Last looked at"),
    ]  # fmt: skip
    knows = here.may(Can.TAKE_DUTY)  # a reader of another team needn't know where the vault is
    rows = []
    for line in accounts_of(here):
        facts = line.facts or Account(platform="", address="", purpose="", recovery="", vault="")
        holder = line.owner.name if line.owner else ""
        rows.append(
            [
                line.title,
                facts.platform,
                facts.address,
                facts.purpose,
                holder,
                line.second_name,
                facts.recovery if knows else "",
                facts.vault if knows else "",
                facts.checked_on,
            ]
        )
    return sheet(f"accounts-{here.space.slug}-{today(here.space.zone)}.csv", head, rows)


@blueprint.get("/duties/<ref>/account")
@needs(Can.SEE_ROSTER)
def account(here: Here, ref: str) -> Page:
    """Show the form with what is known of an account."""
    row, item = _account_for(here, ref)
    known = db.session.get(Account, row.id)
    values = {name: getattr(known, name) for name in actions.LENGTHS} if known else {}
    people = who_may_hold(here, row.id)
    second = next((one.handle for one in people if known and one.id == known.second_id), "")
    form = AccountForm(formdata=None, second=second, **values)
    form.offer(people)
    return _page(form, item)


@blueprint.post("/duties/<ref>/account")
@needs(Can.SEE_ROSTER)
def describe_account(here: Here, ref: str) -> Page:
    """Write down what is known of an account."""
    row, item = _account_for(here, ref)
    form, people = AccountForm(), who_may_hold(here, row.id)
    form.offer(people)
    if not form.validate_on_submit():
        return _page(form, item), 422
    second = next((one for one in people if one.handle == form.second.data), None)
    texts = {name: form[name].data or "" for name in actions.LENGTHS}
    try:
        with transaction():
            actions.describe(here, row, actions.AccountWords(second=second, **texts))
    except Invalid as problem:
        form.add_problems(problem)
        return _page(form, item), 422
    except RuleBroken as broken:
        form.form_errors.append(broken.why)
        return _page(form, item), 409
    banner(_("It is written down."))
    return to_duty(here, ref)


@blueprint.post("/duties/<ref>/account/right")
@needs(Can.SEE_ROSTER)
def confirm_account(here: Here, ref: str) -> Page:
    """Say that what is known of it is still right."""
    row, _item = duty_for(here, ref)
    with transaction():
        actions.confirm(here, row)
    banner(_("Noted. Nobody is asked again for half a year."))
    return to_duty(here, ref)


@blueprint.get("/ours")
@needs(Can.SEE_SPACE)
def ours(here: Here) -> Page:
    """Show where one asks whether an account is really ours."""
    return render_template("roster/ours.html", form=OursForm(formdata=None), told=None, space=here.space)


@blueprint.post("/ours")
@needs(Can.SEE_SPACE)
def ask_ours(here: Here) -> Page:
    """Say whether it is, and nothing else of what is known."""
    form = OursForm()
    if not form.validate_on_submit():
        return render_template("roster/ours.html", form=form, told=None), 422
    limit("is it ours", str(here.actor.id), times=ASKED_AN_HOUR, within=timedelta(hours=1))
    return render_template("roster/ours.html", form=form, told=is_ours([here.space.id], form.typed.data or ""))


@register.get("/")
@anyone
def anywhere() -> Page:
    """Show where one asks whether an account is really ours: of all spaces that one may see; whoever has no account, of open ones."""
    return _anywhere(OursForm(formdata=None))


@register.post("/")
@anyone
def ask_anywhere() -> Page:
    """Say whether it is. Members read whose it is, and nothing else of what is known; strangers yes or no, for an address only."""
    form = OursForm()
    if not form.validate_on_submit():
        return _anywhere(form), 422
    typed = form.typed.data or ""
    if current_user.is_authenticated:
        limit("is it ours", str(me().id), times=ASKED_AN_HOUR, within=timedelta(hours=1))
        return _anywhere(form, is_ours(spaces_asked(me()), typed))
    limit("is it ours", network_of(request.remote_addr or ""), times=STRANGERS_AN_HOUR, within=timedelta(hours=1))
    if not address_of(typed):
        form.typed.errors = [_("Paste its whole address. By a name alone nobody can tell.")]
        return _anywhere(form), 422
    return _anywhere(form, Told(is_ours=is_ours(open_spaces(), typed).is_ours))


def _anywhere(form: OursForm, told: Told | None = None) -> str:
    page = "roster/ours_anywhere.html"
    if not current_user.is_authenticated:
        page, form.typed.label.text = "roster/ours_stranger.html", _("Its address")
    return render_template(page, form=form, told=told)


def _account_for(here: Here, ref: str) -> tuple[Duty, Item]:
    row, item = duty_for(here, ref)
    if why := why_not_change(here, is_holder=is_holder(row.id, here)):
        raise Denied(why)
    if row.kind is not DutyKind.ACCOUNT:
        raise Missing
    return row, item


def _page(form: AccountForm, item: Item) -> str:
    return render_template("roster/account.html", form=form, item=item)
