"""One operator a file; each takes rows and gives rows."""
