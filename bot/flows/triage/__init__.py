"""From an error text to whose job it is."""
