"""What is kept of a mail: nobody's reply is eaten, and nothing is lost."""

import time
from collections import Counter

from hypothesis import given, settings
from hypothesis import strategies as st

from forum.mailin.plain import text_of
from forum.mailin.trimming import trimmed, unwrapped

QUOTED = "> Carla started it (Champions)\n>\n> The depot."
WROTE = (
    "On Tue, 20 Oct 2026 at 10:02, Baton <baton@example.org> wrote:",
    "On 20 Oct 2026, at 10:02, Baton <reply+0a1b@example.org>\nwrote:",
    "On 20/10/2026 10:02, Baton wrote:",
    "On Tue, 20 Oct 2026 at 10:02, Baton of the Council\n<baton24@example.org>\nwrote:",
    "Am 20.10.26 um 10:02 schrieb Baton:",
    "Am Di., 20. Okt. 2026 um 10:02 Uhr schrieb Baton <\nbaton@example.org>:",
    "Le mar. 20 oct. 2026 à 10:02, Baton <baton@example.org> a écrit :",
    "El mar, 20 oct 2026 a las 10:02, Baton (<baton@example.org>) escribió:",
    "Il giorno mar 20 ott 2026 alle ore 10:02 Baton <baton@example.org> ha scritto:",
    "Op di 20 okt 2026 om 10:02 schreef Baton <baton@example.org>:",
    "Den tis 20 okt. 2026 kl 10:02 skrev Baton <baton@example.org>:",
    "Em ter., 20 de out. de 2026 às 10:02, Baton <baton@example.org> escreveu:",
    "wt., 20 paź 2026 o 10:02 Baton <baton@example.org> napisał(a):",
    "Ar Maw, 20 Hyd 2026 am 10:02, ysgrifennodd Baton <baton@example.org>:",
    "ti 20. lokak. 2026 klo 10.02 Baton (baton@example.org) kirjoitti:",
    "2026년 10월 20일 (화) 10:02, Baton <baton@example.org>님이 작성:",
    "Baton <baton@example.org> 于2026年10月20日周二 10:02写道\uff1a",
    "An unknown tongue 20 X 2026 10:02 Baton <baton@example.org> gwypsmth:",
)
HEAD = "Sent: 20 October 2026 10:02\nTo: Carla <carla@example.org>\nSubject: Re: Bin texts\n\nThe depot."
OUTLOOK = (
    f"________________________________\nFrom: Baton <baton@example.org>\n{HEAD}",
    f"From: Baton <baton@example.org>\n{HEAD}",
    "-----Original Message-----\nFrom: Baton\nSent: 20 October 2026\n\nThe depot.",
    "Von: Baton <baton@example.org>\nGesendet: Dienstag, 20. Oktober 2026 10:02\nAn: Carla\nBetreff: AW: Bins\n\nThe depot.",
    "De : Baton <baton@example.org>\nEnvoyé : mardi 20 octobre 2026 10:02\nÀ : Carla\nObjet : Bin texts\n\nThe depot.",
    "De: Baton\nEnviado: martes, 20 de octubre de 2026\nPara: Carla\nAsunto: RE: Bin texts\n\nThe depot.",
    "*From:* Baton <baton@example.org>\n*Sent:* 20 October 2026 10:02\n*To:* Carla\n*Subject:* Bin texts\n\nThe depot.",
    "-----Ursprüngliche Nachricht-----\nVon: Baton\n\nThe depot.",
    "-----Neges wreiddiol-----\nThe depot.",
)
SIGNED = (
    "",
    "\n\n-- \nCarla Champion\nLibraries, Fenbridge Council\n01234 567890",
    "\n\n--\nCarla Champion",
    "\n\nSent from my iPhone",
    "\n\nGet Outlook for Android<https://aka.ms/x>",
    "\n\nVon meinem iPad gesendet",
)
NOTICE = (
    "This e-mail is confidential and privileged. If you are not the intended recipient, please delete it.\n"
    "It was scanned for viruses."
)
REPLY = "Thanks, the depot it is.\n\nDoes it open on Sundays - or only:\n- Mondays\n- Fridays?"


def test_mail_programmes_quote_and_sign_in_many_ways() -> None:
    quotes = (
        [f"\n\n{wrote}\n\n{QUOTED}" for wrote in WROTE] + [f"\n\n{block}" for block in OUTLOOK] + [f"\n\n{QUOTED}", ""]
    )
    for quote in quotes:
        for sign in SIGNED:
            for notice in ("", f"\n\n{NOTICE}"):
                if notice and not quote:
                    continue  # what stands below words alone is looked at in the test below
                found = trimmed(f"{REPLY}{sign}{quote}{notice}")
                assert found.kept == REPLY, (sign, quote, found.kept)
                assert not quote or "The depot." in found.rest


def test_a_sentence_before_a_quote_takes_no_words_with_it() -> None:
    """Seen: three lines of a reply went with it where no empty line parted them."""
    for wrote in WROTE:
        assert (
            trimmed(f"Thanks.\nIs it open\non Sundays?\n{wrote}\n{QUOTED}").kept == "Thanks.\nIs it open\non Sundays?"
        ), wrote


def test_words_below_or_between_quotes_are_kept() -> None:
    below = trimmed(f"{WROTE[0]}\n{QUOTED}\n\n{REPLY}\n\n-- \nCarla")
    assert below.kept == REPLY
    for sign in SIGNED:
        assert trimmed(f"{REPLY}\n\n{WROTE[0]}\n{QUOTED}{sign}").kept == REPLY, sign
    between = trimmed(f"{WROTE[0]}\n> Where is it?\n\nAt the depot.\n\n> And when?\n\nMondays.\n\n> Bye\n> Baton")
    assert between.kept == "> Where is it?\n\nAt the depot.\n\n> And when?\n\nMondays."
    above_and_below = trimmed(f"Two answers.\n\n{WROTE[0]}\n> Where?\n\nThere.")
    assert above_and_below.kept == "Two answers.\n\n> Where?\n\nThere."
    assert "wrote:" in above_and_below.rest


def test_in_doubt_words_are_kept() -> None:
    for text in (
        "First.\n\n--\n" + "\n".join(f"Line {number}" for number in range(20)),
        "On Monday she wrote:\nwe go on Tuesday.",
        "From: here\nto there it is far.",
        "In 2026 we did this:\n\n1. one\n2. two",
        "---------------\nA rule above.",
        "Keep it confidential, please.",
        "> ",
        "Sent from my desk it looks fine.\nReally.",
        "--\nCarla",
    ):
        assert trimmed(text).kept == (text.strip("\n ") if text != "> " else ""), text
    assert trimmed(f"Words.\n\n{NOTICE}").kept == "Words."
    assert trimmed(NOTICE).kept == NOTICE


@settings(max_examples=150, deadline=None)
@given(
    st.lists(
        st.one_of(
            st.sampled_from(
                [
                    *WROTE,
                    *OUTLOOK,
                    *SIGNED,
                    QUOTED,
                    REPLY,
                    NOTICE,
                    "",
                    "--",
                    "-- ",
                    ">",
                    "> >",
                    "From: x",
                    "To: y",
                    "Sent: z",
                ]
            ),
            st.text(max_size=60),
        ),
        max_size=12,
    )
)
def test_no_line_is_lost_and_none_is_made_up(parts: list[str]) -> None:
    text = "\n".join(parts)
    found = trimmed(text)

    def lines(*texts: str) -> Counter[str]:
        return Counter(line.strip() for one in texts for line in one.split("\n") if line.strip())

    assert lines(found.kept, found.rest) == lines(text)
    assert "".join(unwrapped(found.kept).split()) == "".join(found.kept.split())


def test_lines_that_were_broken_are_joined_and_lists_are_not() -> None:
    broken = "This is a line that a mail programme broke because the next word would not\nhave fitted into it.\nNew.\n- one\n- two"
    assert unwrapped(broken) == (
        "This is a line that a mail programme broke because the next word would not have fitted into it.\nNew.\n- one\n- two"
    )


def test_html_is_read_as_text() -> None:
    outlook = (
        "<html><head><style>p {color: red}</style><title>x</title></head><body><p>Thanks,&nbsp;<b>the depot</b> it is.</p>"
        "<script>alert(1)</script><ul><li>Mondays<li>Fridays</ul><div>See <a href='https://example.org/a'>this</a>.</div>"
        "<blockquote><p>The depot.</p><blockquote>Who?</blockquote></blockquote></body></html>"
    )
    text = text_of(outlook)
    assert text.split("\n> The depot.")[0].strip() == (
        "Thanks, the depot it is.\n\n- Mondays\n- Fridays\n\nSee this (https://example.org/a)."
    )
    assert "> > Who?" in text
    assert "alert" not in text
    assert "color" not in text
    assert trimmed(text).kept.endswith("See this (https://example.org/a).")


@settings(max_examples=150, deadline=None)
@given(st.text(alphabet=st.sampled_from("<>!-/ab=\"'&; \n?[]"), max_size=400) | st.text(max_size=200))
def test_any_html_is_read(html: str) -> None:
    text_of(html)
    text_of(f"<div>{html}</div><blockquote>{html}")


def test_html_that_is_made_to_take_time_takes_none() -> None:
    """B7."""
    begun = time.monotonic()
    for piece in ("<!--", "<![", "<a ", "<a b='", "&", "<", "</", "<div>", "<blockquote>", "<?", "<!"):
        text_of(piece * (200_000 // len(piece)))
    for piece in (
        "> a\n",
        "wrote:\n",
        "From: a\n",
        "--\n",
        "a b c " * 10 + "\n",
        "2026 10:02 <",
        "sent from my ",
        "> a\nwrote:\n",
    ):
        unwrapped(trimmed(piece * (100_000 // len(piece))).kept)
    assert time.monotonic() - begun < 5


def test_a_line_without_end_is_looked_at_once() -> None:
    """B7. Seen to fail: what might be a sentence before a quote was looked at once for each of its words."""
    text = "1234 " * 20_000 + "\n\n> x"
    began = time.process_time()
    assert trimmed(text).rest == "> x"
    assert time.process_time() - began < 1
