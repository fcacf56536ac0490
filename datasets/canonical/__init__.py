"""The canonical database: every claim, the choice among rivals, pins and redirects."""
