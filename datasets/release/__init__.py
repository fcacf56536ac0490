"""Immutable releases: layout, building, files, manifest, delta, verification, the current pointer."""
