"""Lists and catalogues that other tools keep: read as rows, written as an estate file."""
