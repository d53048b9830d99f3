"""What can be asked and said, one thing a file."""
