"""Lots, trays, labels, events and the tamper-evident log: what a tray is, and the proof of it."""
