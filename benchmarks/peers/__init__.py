"""Peers that are timed in an environment of their own."""
