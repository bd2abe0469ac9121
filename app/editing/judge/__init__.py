"""The judge: how good a film is technically and how well it meets its goal, measured, with what to mend."""
