"""Webhooks: events that are pushed, once at least, in order, and never lost."""
