"""The renderer: a timeline becomes a film through one filter graph per run of pieces, and pieces are kept."""
