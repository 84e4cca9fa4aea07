"""A date of a meetup on its day and after: what is on the agenda, who was there, minutes, decisions, and what was promised."""
