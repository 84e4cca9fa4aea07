"""Calendars: absences read from a file of another programme's, and what one can follow in one's own."""
