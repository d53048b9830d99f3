"""The simulated line: fruit, belt, optics, ejectors and trays with known truth, deterministic from a seed."""
