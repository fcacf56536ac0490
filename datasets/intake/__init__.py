"""From files to claims: reading, checking, dates, findings, importers."""
