"""What the room of copies registers."""

from collections.abc import Sequence

from flask import url_for

from forum.clone.archive.ending import forget, let_go
from forum.clone.archive.jobs import do_one
from forum.clone.archive.making import make_one, sweep
from forum.clone.deeds import deeds
from forum.clone.kept import RETENTION
from forum.clone.personal import PERSONAL
from forum.clone.tellers import TELLERS
from forum.clone.today import TODAY_IF, parts
from forum.clone.upstream.following import KIND, counted, tell_stewards
from forum.clone.views import blueprint
from forum.people.admin_pages import AdminPage
from forum.spaces.feature import Feature
from forum.web.words import _, _l


def admin() -> Sequence[AdminPage]:
    """Add archives that are restored to what admins look after."""
    about = _("A space that stood elsewhere, from its archive. You see what would be made before anything is.")
    return [AdminPage(label=_("Restore a space"), url=url_for("clone.restores"), about=about)]


feature = Feature(
    name="clone",
    blueprints=(blueprint,),
    tellers=TELLERS,
    today=parts,
    today_if=TODAY_IF,
    heads_up={KIND: counted},
    heads_up_about={KIND: _l("The original")},
    deeds=deeds,
    personal=PERSONAL,
    admin=admin,
    jobs=(make_one, do_one),
    upkeep=(tell_stewards, let_go, sweep),
    on_closing=forget,
    retention=RETENTION,
    log_sentences={
        "opened showcase": _l("%(actor)s opened the showcase to everybody here."),
        "closed showcase": _l("%(actor)s closed the showcase."),
        "changed showcase": _l("%(actor)s changed the showcase."),
        "chose for showcase": _l("%(actor)s chose %(item)s for the showcase."),
        "took from showcase": _l("%(actor)s took %(item)s from the showcase."),
        "made showcase link": _l("%(actor)s made a private link to the showcase."),
        "ended showcase link": _l("%(actor)s ended the private link to the showcase."),
        "grew another space": _l("%(actor)s began a space of their own with what the showcase offers."),
        "took part of original": _l("%(actor)s took what the original offered: %(name)s."),
        "took from original": _l("%(actor)s took what the original offered: %(item)s."),
        "declined from original": _l("%(actor)s left a change of the original as it is."),
        "undid answer to original": _l("%(actor)s took back an answer to what the original offered."),
        "sent to original": _l("%(actor)s sent an improvement of %(item)s to the original."),
        "follows original": _l("%(actor)s wants the stewards to hear of changes in the original."),
        "follows original no more": _l("%(actor)s wants nobody to hear of changes in the original."),
        "took pages": _l("%(actor)s asked for this space as pages to read."),
        "took archive": _l("%(actor)s asked for an archive of this space, without names."),
        "took archive with names": _l(
            "%(actor)s asked for an archive of this space, with people’s names and addresses."
        ),
        "restored space": _l("%(actor)s restored this space from an archive of “%(name)s”."),
        "began as copy": _l("The space began as a copy of what another one offers."),
    },
)
