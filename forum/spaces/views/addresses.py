"""What the address of a page asks for. What makes no sense is left out, never an error."""

from flask import request

LARGEST = 2**31 - 1


def number(name: str) -> int | None:
    """Return the whole number from 1 that stands in the address under `name`, as far as a database can hold it."""
    found = request.args.get(name, type=int)
    return found if found is not None and 1 <= found <= LARGEST else None
