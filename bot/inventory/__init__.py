"""Lists of connections that nobody kept together, brought into one estate file."""
