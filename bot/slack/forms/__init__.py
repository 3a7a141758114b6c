"""What a form is, how it is opened, and what is done with one that was sent."""
