"""From Markdown to clean HTML, in this process and without a limit of time: only workers and tests call this."""

from markdown import Markdown  # noqa: TID251  (this package is the importer)

from forum.core.markup.clean import clean
from forum.core.markup.extension import HouseExtension
from forum.core.markup.footnotes import AnchoredFootnotes
from forum.core.markup.shapes import Job, Made, TooLarge

MAX_HTML = 400_000  # characters; an honest text of the largest size makes about a quarter of it


class Press:
    """Python-Markdown with our extensions, set up once and used for one text after the other."""

    def __init__(self) -> None:
        """Set up the extensions."""
        self.house = HouseExtension()
        self.footnotes = AnchoredFootnotes()
        self.markdown = Markdown(
            extensions=[
                "tables",
                "sane_lists",
                "nl2br",
                "pymdownx.saneheaders",
                "pymdownx.superfences",
                "pymdownx.highlight",
                "pymdownx.tilde",
                self.footnotes,
                self.house,
            ],
            extension_configs={
                "tables": {"use_align_attribute": True},
                # Colours would need inline styles or a library's style sheet; the page marks code as code.
                "pymdownx.highlight": {"use_pygments": False},
                "pymdownx.tilde": {"subscript": False},
            },
            output_format="html",
        )

    def convert(self, job: Job) -> Made:
        """Render `job`. Raises TooLarge, and whatever the libraries raise on texts beyond them."""
        self.markdown.reset()
        self.house.job = job
        self.house.quoted = set()
        self.footnotes.begin(job.anchor, job.words)
        raw = self.markdown.convert(job.source)
        if len(raw) > MAX_HTML:
            raise TooLarge
        html, mentioned, shown = clean(raw, job.names)
        if len(html) > MAX_HTML:
            raise TooLarge
        return Made(html=html, mentioned=mentioned, quoted=frozenset(self.house.quoted), shown=shown)


_press: list[Press] = []


def convert(job: Job) -> Made:
    """Render `job` on this process's press. One that failed may hold half a text: the next gets a new one."""
    press = _press.pop() if _press else Press()
    made = press.convert(job)
    _press.append(press)
    return made
