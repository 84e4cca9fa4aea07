"""Posts as Atom: all that is new in one's spaces, in one of them, or in one conversation. Rooms add places of theirs."""
