"""Many pictures at once: lists of prompts, tables, wildcards and grids, each picture a job of its own."""
