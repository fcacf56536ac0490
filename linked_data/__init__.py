"""The release as linked data: terms, documents, ontology, dumps."""
