"""`python -m forum.cli`."""

from forum.cli.entry import main

main()
