"""GraphQL against other servers over the same data: CPU per request, requests per second."""
