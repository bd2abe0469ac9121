"""Settings, errors and the YAML a person edits; imports nothing else of the studio."""
