"""Webhooks: what happens in a space, told to another service at an address that its stewards give.

Rooms register what can be told (`HookEvent`). A fact becomes a row for each webhook that wants it, and the worker sends it beside the
mail: at least once, signed, to hosts that an admin allowed, and never into a private network.
"""
