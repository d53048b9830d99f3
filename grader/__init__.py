"""The strawberry grading station: an engine that measures, grades, ejects, labels and accounts for every fruit.

The rooms of the house and the one direction of their imports are drawn in `docs/architecture.md`.
"""
