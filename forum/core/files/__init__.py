"""Files that people attach: what they are by their content, made harmless in a child process, and kept under their hashes.

`examine` says what a file is, or raises Refused. Pillow is imported in the child process only.
"""

from forum.core.files.examining import examine
from forum.core.files.kinds import KINDS, Examined, Kind, Refused, Why
from forum.core.files.names import NAME_LENGTH, address_name, clean_name
from forum.core.files.store import Store

__all__ = [
    "KINDS",
    "NAME_LENGTH",
    "Examined",
    "Kind",
    "Refused",
    "Store",
    "Why",
    "address_name",
    "clean_name",
    "examine",
]
