"""Datasette over a release: descriptions read off the shapes, plugin, templates."""
