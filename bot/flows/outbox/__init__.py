"""How things are said, and what became of it."""
