"""What upstream systems get of the books: sums, lists, notices and their delivery; keys, sessions, the audit list."""
