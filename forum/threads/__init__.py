"""Threads: questions with an accepted answer, and conversations without one."""
