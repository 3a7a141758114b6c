"""Visits to servers that block while they last, on threads of their own."""
