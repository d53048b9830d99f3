"""A package, so that its tests share a small camera, scenes of the twin and simple drawings."""
