"""`grader doctor`: looks at everything that a station stands on, and says what to do about what is wrong."""
