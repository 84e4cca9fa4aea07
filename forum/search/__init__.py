"""Finding what was written: the index, the question that somebody types, ranking, suggestions, and searches that are kept."""
