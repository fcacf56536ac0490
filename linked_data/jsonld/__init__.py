"""JSON-LD documents, made by SQLite: one statement gives the text of a record, compacted with the context.

The statements are compiled once per type from the same plan as the N-Triples; a test proves that both say the same.
Helper nodes stand inside the record, everything else that the document holds under `included`.
"""
