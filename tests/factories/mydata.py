"""Downloads of one's own data."""

from datetime import timedelta

from forum.core.db import db, transaction
from forum.core.leased import WorkState
from forum.core.time import now
from forum.mydata.making import shelf
from forum.mydata.models import Download
from forum.people.models import Person


def make_download(
    person: Person, *, state: WorkState = WorkState.READY, key: str | None = None, data: bytes = b"A zip."
) -> Download:
    """Have somebody's data put together; it holds `data`."""
    at = now()
    with transaction():
        download = Download(person_id=person.id, state=state, asked_at=at, done=12, total=40)
        if key is not None:
            download.uuid = key
        if state is WorkState.READY:
            download.ready_at, download.expires_at, download.size = at, at + timedelta(days=7), len(data)
        db.session.add(download)
    if state is WorkState.READY:
        shelf().folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        shelf().path_of(download.uuid).write_bytes(data)
    return download
