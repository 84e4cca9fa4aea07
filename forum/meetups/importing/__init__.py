"""Meetups from a calendar file: what of it is understood, shown before anything is planned."""
