"""SPARQL 1.1 query over a read-only store, in child processes that can be killed."""
