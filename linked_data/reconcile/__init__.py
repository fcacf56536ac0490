"""Matching names as people write them with the records of a release, and saying why."""
