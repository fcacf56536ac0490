"""The three faces of one release, beside each other."""
