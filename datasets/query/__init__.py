"""A selection over the shapes becomes one SQL statement that returns the finished JSON text."""
