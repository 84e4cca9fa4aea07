"""Replies as mail programmes make them, from the mail that told to the post in the thread."""

from email.message import EmailMessage

from flask import Flask
from sqlalchemy import select

from forum.content.attachments.queries import of_post
from forum.content.models import Attachment, PostMail
from forum.content.models import Post as PostRow
from forum.core.db import db
from forum.mailin.models import Became
from forum.threads.models import Thread
from tests.cast import Cast
from tests.factories.attachments import picture_bytes
from tests.mailin.letters import Post, answer, quoted, text_of

WORDS = "Thanks. Is it open\non Sundays?"


def outlook(told: EmailMessage) -> EmailMessage:
    """Return HTML with the logo of a signature, the message whole below it, and text that goes with it."""
    below = (
        f"________________________________\r\nFrom: {told['From']}\r\nSent: 20 October 2026 10:03\r\nTo: Carla Champion\r\n"
        f"Subject: {told['Subject']}\r\n\r\n{text_of(told)}"
    )
    made = answer(
        told,
        f"{WORDS}\r\n\r\nGet Outlook for iOS<https://aka.ms/o0ukef>\r\n{below}",
        html=f"<p>Thanks.<br><img src='cid:logo@1'></p><hr><div id='divRplyFwdMsg'>{below}</div>",
    )
    html = made.get_payload()[1]  # type: ignore[index]
    html.add_related(picture_bytes(), maintype="image", subtype="png", cid="<logo@1>", filename="logo.png")  # type: ignore[union-attr]
    return made


def gmail(told: EmailMessage) -> EmailMessage:
    """Return what Gmail makes: the sentence broken in two, an empty line, the quote."""
    below = (
        f"On Tue, 20 Oct 2026 at 10:03, Baton <{told['From'].addresses[0].addr_spec}>\r\nwrote:\r\n\r\n{quoted(told)}"
    )
    html = f"<div dir=ltr>{WORDS}</div><br><div class='gmail_quote'>On Tue wrote:<blockquote>x</blockquote></div>"
    return answer(told, f"{WORDS}\r\n\r\n{below}\r\n", html=html)


def apple_mail(told: EmailMessage) -> EmailMessage:
    """Return what a telephone makes: words, a photo, more words."""
    made = answer(told, f"{WORDS}\n")
    made.make_mixed()
    made.attach(_inline(picture_bytes(), "IMG_1.png"))
    rest = EmailMessage()
    rest.set_content(
        f"\n\nSent from my iPhone\n\n> On 20 Oct 2026, at 10:03, Baton <baton@example.org> wrote:\n> \n{quoted(told)}\n"
    )
    made.attach(rest)
    return made


def _inline(data: bytes, name: str) -> EmailMessage:
    part = EmailMessage()
    part.set_content(data, maintype="image", subtype="png", disposition="inline", filename=name)
    return part


def thunderbird(told: EmailMessage) -> EmailMessage:
    """Return words below the quote, signed."""
    return answer(
        told, f"On 20/10/2026 10:03, Baton wrote:\n{quoted(told)}\n\n{WORDS}\n\n-- \nCarla Champion\nLibraries\n"
    )


def only_html(told: EmailMessage) -> EmailMessage:
    """Return what a web mailer without text makes."""
    made = answer(told, "")
    lines = WORDS.replace("\n", "<br>")
    made.set_content(
        f"<html><body><div>{lines}</div><div>Am 20.10.2026 um 10:03 schrieb Baton:</div>"
        f"<blockquote>{text_of(told, 'html')}</blockquote></body></html>",
        subtype="html",
    )
    return made


def test_only_the_words_become_the_post(app: Flask, mail: Post, thread: Thread, cast: Cast) -> None:
    for programme in (outlook, gmail, apple_mail, thunderbird, only_html):
        told = mail.told(thread, cast.colleague, f"The depot, said for {programme.__name__}.")
        assert mail.take(programme(told)) is Became.POSTED, programme
        with app.app_context():
            made = db.session.scalars(select(PostRow).order_by(PostRow.id.desc())).first()
            assert made is not None
            words, _mark, picture = made.source.partition("\n\n![")
            assert words == WORDS, (programme, made.source)
            assert made.author_id == cast.champion.id
            assert bool(picture) is (programme is apple_mail)
            assert programme.__name__ in db.session.get_one(PostMail, made.id).trimmed
            [*files] = of_post(made)
            assert [one.alt for one in files] == (
                ["A picture sent by mail: IMG_1.png"] if programme is apple_mail else []
            )


def test_files_come_along_by_the_rules_of_the_browser(app: Flask, mail: Post, thread: Thread, cast: Cast) -> None:
    """A13: by content, and none of what mail programmes add."""
    told = mail.told(thread, cast.colleague)
    message = answer(told, "See the list.")
    message.add_attachment(
        b"%PDF-1.4\n%%EOF\n", maintype="application", subtype="octet-stream", filename="Bins (2).pdf"
    )
    message.add_attachment("a,b\n1,2\n", subtype="csv", filename="=?utf-8?q?d=C3=A9p=C3=B4t=2Ecsv?=")
    message.add_attachment(b"--PGP--", maintype="application", subtype="pgp-signature", filename="signature.asc")
    message.add_attachment("<script>alert(1)</script>", subtype="html", filename="page.html")
    assert mail.take(message) is Became.PARTLY
    [said] = mail.answers()
    assert "“page.html” is a web page" in text_of(said)
    with app.app_context():
        kept = db.session.scalars(
            select(Attachment).where(Attachment.removed_at.is_(None)).order_by(Attachment.id)
        ).all()
        assert [(one.name, one.media_type) for one in kept] == [
            ("Bins (2).pdf", "application/pdf"),
            ("dépôt.csv", "text/plain"),
        ]
        assert {one.post_id for one in kept} == {db.session.scalars(select(PostMail.post_id)).one()}
