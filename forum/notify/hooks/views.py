"""Pages about webhooks: a space's, for its stewards, and the hosts that are allowed, for admins."""

from http import HTTPStatus
from urllib.parse import urlsplit
from uuid import UUID

from flask import Blueprint, redirect, render_template, session, url_for
from werkzeug.wrappers import Response

from forum.core.db import transaction
from forum.core.errors import Invalid
from forum.core.outward import host_of
from forum.core.time import now
from forum.notify.hooks import actions
from forum.notify.hooks.forms import SHAPES, HookForm, HostForm, NewHookForm
from forum.notify.hooks.hosts import allow, disallow, hosts
from forum.notify.hooks.models import Hook
from forum.notify.hooks.queries import deliveries_of, hook_events, hooks_of
from forum.notify.hooks.signing import secret_of
from forum.people.sessions import me
from forum.spaces.guard import Here, needs
from forum.spaces.policy import Can
from forum.web.access import admin_only
from forum.web.banners import banner
from forum.web.words import _

blueprint = Blueprint("hooks", __name__)
Page = str | Response | tuple[str, int]
SHOW_ONCE = "new_hook"


@blueprint.get("/s/<slug>/webhooks")
@needs(Can.KEEP_WEBHOOKS)
def index(here: Here) -> Page:
    """List a space's webhooks, with the form for another."""
    return _list(here, NewHookForm(formdata=None, events=[event.name for event in hook_events()]))


@blueprint.post("/s/<slug>/webhooks")
@needs(Can.KEEP_WEBHOOKS)
def make(here: Here) -> Page:
    """Make a webhook; its secret is shown on its own page, once."""
    form = NewHookForm()
    if form.validate():
        try:
            with transaction():
                made = actions.make_hook(here, _wished(form))
        except Invalid as problem:
            form.add_problems(problem)
        else:
            session[SHOW_ONCE] = made.uuid
            return redirect(url_for("hooks.one", slug=here.space.slug, uuid=made.uuid), 303)
    return _list(here, form), HTTPStatus.UNPROCESSABLE_ENTITY


@blueprint.get("/s/<slug>/webhooks/<uuid:uuid>")
@needs(Can.KEEP_WEBHOOKS)
def one(here: Here, uuid: UUID) -> Page:
    """Show a webhook: what it is told, what became of that, and just after it was made its secret."""
    hook = actions.hook_for(here, str(uuid))
    values = {"label": hook.label, "shape": hook.shape.value, "events": hook.events}
    secret = secret_of(hook.nonce) if session.get(SHOW_ONCE) == hook.uuid else None
    if secret:
        session.pop(SHOW_ONCE)
    return _one(hook, HookForm(formdata=None, data=values), secret=secret)


@blueprint.post("/s/<slug>/webhooks/<uuid:uuid>")
@needs(Can.KEEP_WEBHOOKS)
def change(here: Here, uuid: UUID) -> Page:
    """Change a webhook."""
    hook, form = actions.hook_for(here, str(uuid)), HookForm()
    if form.validate():
        try:
            with transaction():
                actions.change_hook(here, str(uuid), _wished(form))
        except Invalid as problem:
            form.add_problems(problem)
        else:
            banner(_("The webhook is changed."))
            return _to(here, uuid)
    return _one(hook, form), HTTPStatus.UNPROCESSABLE_ENTITY


@blueprint.post("/s/<slug>/webhooks/<uuid:uuid>/test")
@needs(Can.KEEP_WEBHOOKS)
def test(here: Here, uuid: UUID) -> Page:
    """Send a test."""
    with transaction():
        actions.send_test(here, str(uuid))
    banner(_("A test is on its way. Load this page again in a moment to see what came of it."))
    return _to(here, uuid)


@blueprint.post("/s/<slug>/webhooks/<uuid:uuid>/pause")
@needs(Can.KEEP_WEBHOOKS)
def pause(here: Here, uuid: UUID) -> Page:
    """Tell a webhook nothing for now."""
    with transaction():
        actions.pause_hook(here, str(uuid))
    banner(_("It is paused, and told nothing until you let it go on."))
    return _to(here, uuid)


@blueprint.post("/s/<slug>/webhooks/<uuid:uuid>/resume")
@needs(Can.KEEP_WEBHOOKS)
def resume(here: Here, uuid: UUID) -> Page:
    """Let a webhook go on."""
    with transaction():
        actions.resume_hook(here, str(uuid))
    banner(_("It goes on."))
    return _to(here, uuid)


@blueprint.post("/s/<slug>/webhooks/<uuid:uuid>/remove")
@needs(Can.KEEP_WEBHOOKS)
def remove(here: Here, uuid: UUID) -> Page:
    """Remove a webhook."""
    with transaction():
        actions.remove_hook(here, str(uuid))
    banner(_("The webhook is removed."))
    return redirect(url_for("hooks.index", slug=here.space.slug), 303)


@blueprint.post("/s/<slug>/webhooks/<uuid:uuid>/again/<uuid:delivery>")
@needs(Can.KEEP_WEBHOOKS)
def again(here: Here, uuid: UUID, delivery: UUID) -> Page:
    """Send something again that was given up, or now what waits."""
    with transaction():
        actions.send_again(here, str(uuid), str(delivery))
    banner(_("It is sent again. Load this page again in a moment to see what came of it."))
    return _to(here, uuid)


@blueprint.get("/admin/webhooks")
@admin_only
def admin() -> Page:
    """List the hosts that webhooks may be sent to."""
    return render_template("notify/hook_hosts.html", hosts=hosts(), form=HostForm(formdata=None))


@blueprint.post("/admin/webhooks")
@admin_only
def allow_host() -> Page:
    """Allow a host."""
    form = HostForm()
    if not form.validate():
        return render_template("notify/hook_hosts.html", hosts=hosts(), form=form), HTTPStatus.UNPROCESSABLE_ENTITY
    with transaction():
        allow(form.meant, actor=me())
    banner(_("Webhooks may be sent to %(host)s.", host=form.meant))
    return redirect(url_for("hooks.admin"), 303)


@blueprint.post("/admin/webhooks/<int(max=2147483647):host_id>/remove")
@admin_only
def disallow_host(host_id: int) -> Page:
    """Take a host from the list."""
    with transaction():
        disallow(host_id, actor=me())
    banner(_("Nothing is sent there from now on."))
    return redirect(url_for("hooks.admin"), 303)


def _wished(form: HookForm) -> actions.Wished:
    return actions.Wished(
        label=form.label.data or "", shape=form.shape.word, url=form.url.data or "", events=form.events.data or []
    )


def _to(here: Here, uuid: UUID) -> Response:
    return redirect(url_for("hooks.one", slug=here.space.slug, uuid=uuid), 303)


def _list(here: Here, form: NewHookForm) -> str:
    rows = [(hook, host_of(urlsplit(hook.url)), given_up) for hook, given_up in hooks_of(here.space)]
    return render_template("notify/hooks.html", hooks=rows, form=form, shapes=SHAPES, hosts=hosts())


def _one(hook: Hook, form: HookForm, *, secret: str | None = None) -> str:
    return render_template(
        "notify/hook.html",
        hook=hook,
        host=host_of(urlsplit(hook.url)),
        form=form,
        secret=secret,
        deliveries=deliveries_of(hook),
        labels={event.name: event.label for event in hook_events()},
        is_resting=hook.rest_until is not None and hook.failures > 0 and hook.rest_until > now(),
    )
