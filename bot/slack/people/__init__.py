"""Who is there, who stands in for whom, and who may do what."""
