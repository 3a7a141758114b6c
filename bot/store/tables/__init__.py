"""One file for each family of rows: its SQL, and nothing of its meaning."""
