"""Telling people: facts become deliveries, deliveries become mail."""
