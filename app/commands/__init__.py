"""One file per command; the table stands in app/cli.py."""
