"""What commands share at the terminal: printing, progress, texts from standard input."""
