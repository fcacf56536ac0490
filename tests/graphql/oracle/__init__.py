"""The schema resolved field by field, slow and obvious, as graphql-core does it: what the planner is compared with."""
