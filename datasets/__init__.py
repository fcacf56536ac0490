"""What is known: shapes, facts, intake, the canonical database, releases, selections, Datasette."""
