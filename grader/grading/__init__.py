"""Measurements with their uncertainty in; grade, outlet and reason out, by rule packs that are data."""
