"""The commands behind every published figure; each is a script: `.venv/bin/python benchmarks/accuracy.py`."""
