"""Linked data against what else one could use: rdflib, morph-kgc, Oxigraph's server, rdflib-endpoint, bare Starlette."""
