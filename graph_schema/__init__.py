"""The release as a GraphQL schema; operations become selections."""
