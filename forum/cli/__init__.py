"""The command line: `baton`. One file for each group of commands; `baton --help` lists them."""

from forum.cli.entry import main

__all__ = ["main"]
