"""The demo organisation: a council one can look round. Its words are data in this folder; FORMAT.md says how they are written."""

from forum.home.demo.cast import cast_by_space, demo_person
from forum.home.demo.loading import load_demo

__all__ = ["cast_by_space", "demo_person", "load_demo"]
