"""Keeping order: posts that are flagged, hidden, or held until an organiser has looked at them."""
