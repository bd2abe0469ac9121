"""Control maps from pictures: edges, depth, regions ...; one preprocessor, one file. The table stands in `table.py`."""
