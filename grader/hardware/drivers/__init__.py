"""The real devices behind the protocols of `grader.hardware`; only the composition root may choose them."""
