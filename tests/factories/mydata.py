"""Downloads of one's own data."""

from datetime import timedelta

from forum.core.db import db, transaction
from forum.core.time import now
from forum.mydata.making import folder, path_of
from forum.mydata.models import Download, DownloadState
from forum.people.models import Person


def make_download(
    person: Person, *, state: DownloadState = DownloadState.READY, key: str | None = None, data: bytes = b"A zip."
) -> Download:
    """Have somebody's data put together; it holds `data`."""
    at = now()
    with transaction():
        download = Download(person_id=person.id, state=state, asked_at=at, done=12, total=40)
        if key is not None:
            download.uuid = key
        if state is DownloadState.READY:
            download.ready_at, download.expires_at, download.size = at, at + timedelta(days=7), len(data)
        db.session.add(download)
    if state is DownloadState.READY:
        folder().mkdir(mode=0o700, parents=True, exist_ok=True)
        path_of(download.uuid).write_bytes(data)
    return download
