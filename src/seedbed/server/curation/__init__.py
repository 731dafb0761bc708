"""Curation over HTTP: the table of seeds, what people decide about them, and what goes back to the groups."""
