"""Characters: packs that are kept, exported and imported as one file, and named in any prompt."""
