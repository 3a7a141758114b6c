"""Lists of connections that nobody kept together: read, compared, and brought into one.

Pure: rows as text come in, one list with reasons and differences comes out.
"""
