"""The desk: where lots are received, trays closed and labelled, and anything is held or released.

Each function looks into the books, judges by `grader.trace.rules`, and writes the change together with its event, or
raises a sentence and changes nothing.
"""

from grader.trace.desk.desk import Desk

__all__ = ["Desk"]
