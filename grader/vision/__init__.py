"""Pixels in, sightings out: pure functions on arrays that know no hardware, no file, no clock and no database."""
