"""Pieces of the page that more than one tab uses."""
