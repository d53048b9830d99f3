"""Path-traced pictures of single strawberries on a belt, with exact truth, to train on (models/data/README.md)."""
