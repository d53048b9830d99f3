"""How each database came to be what it is: one folder a database, one file a step."""
