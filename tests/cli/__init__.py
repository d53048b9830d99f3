"""A package, so that its tests share a camera of known truth."""
