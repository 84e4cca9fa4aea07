"""Nudges for a space's organisers: three a week at the most, chosen by the rules that rooms register."""
