"""The words in which roles, visibility and cloths are shown. One place, so that every page says the same."""

from collections.abc import Mapping

from flask import url_for
from markupsafe import Markup, escape

from forum.spaces.models import Cloth, Role, Space, Visibility
from forum.web.words import LazyString, _, _l

ROLE_WORDS: Mapping[Role, LazyString] = {
    Role.VISITOR: _l("visitor"),
    Role.READER: _l("reader"),
    Role.CHAMPION: _l("champion"),
    Role.ORGANISER: _l("organiser"),
    Role.STEWARD: _l("steward"),
}

ROLE_NAMES: Mapping[Role, LazyString] = {
    Role.READER: _l("Reader"),
    Role.CHAMPION: _l("Champion"),
    Role.ORGANISER: _l("Organiser"),
    Role.STEWARD: _l("Steward"),
}
"""As `ROLE_WORDS`, at the beginning of a line."""

WITH_ARTICLE: Mapping[Role, LazyString] = {
    Role.VISITOR: _l("a visitor"),
    Role.READER: _l("a reader"),
    Role.CHAMPION: _l("a champion"),
    Role.ORGANISER: _l("an organiser"),
    Role.STEWARD: _l("a steward"),
}

ROLE_HINTS: Mapping[Role, LazyString] = {
    Role.READER: _l("Sees everything that members see, and writes nothing."),
    Role.CHAMPION: _l("Asks, answers and starts threads, as most members do."),
    Role.ORGANISER: _l("Also invites people, decides who is let in, and looks after what is written."),
    Role.STEWARD: _l("Also gives roles and changes the settings of the space."),
}

VISIBILITY_NAMES: Mapping[Visibility, LazyString] = {
    Visibility.OPEN: _l("Open"),
    Visibility.BY_REQUEST: _l("By request"),
    Visibility.PRIVATE: _l("Private"),
}

VISIBILITY_HINTS: Mapping[Visibility, LazyString] = {
    Visibility.OPEN: _l("Everyone with an account here can look round, and join with one press."),
    Visibility.BY_REQUEST: _l(
        "Everyone with an account here sees its name and purpose, and can ask to join. Only members see the rest."
    ),
    Visibility.PRIVATE: _l("Only members can find it. People come in by invitation."),
}

CLOTH_NAMES: Mapping[Cloth, LazyString] = {
    Cloth.TEAL: _l("Teal"),
    Cloth.PLUM: _l("Plum"),
    Cloth.NAVY: _l("Navy"),
    Cloth.MOSS: _l("Moss"),
}

READY: Mapping[Visibility, LazyString] = {
    Visibility.OPEN: _l("Your space is ready. It is open: everyone with an account here can look round and join."),
    Visibility.BY_REQUEST: _l("Your space is ready. People ask to join: until then they see its name and purpose."),
    Visibility.PRIVATE: _l("Your space is ready. It is private: only members know that it exists."),
}


def ready(space: Space) -> Markup:
    """Tell whoever made a space that it is there, who can see it, and where that is changed."""
    link = Markup('<a href="{}">{}</a>').format(
        url_for("spaces.settings", slug=space.slug, _anchor="visibility-0"), _("Change who can see it")
    )
    return escape(READY[space.visibility]) + " " + link
