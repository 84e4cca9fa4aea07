"""Telling people: facts become deliveries, deliveries become mail, at least once and never twice in the normal case."""
