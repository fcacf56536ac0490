"""A selection over the shapes becomes one SQL statement that returns finished JSON.

Read in this order: `selection` (what can be asked), `plan` (the planner and its plans), `run` (a release file) and
`run_postgres` (a release copied by `to_postgres`), `capacity` (what the database takes). The rest is how it is done:
`things` (kinds of rows), `sources` and `spells` (where lists come from), `conditions`, `comparisons` and `relations`
(filters), `views` and `lists` (order, pages, connections), `rows` and `scalars` (objects and columns), `json_text`
(concatenation), `dialect` with `sqlite` and `postgres`, `bind` and `cursor` (values), `words` and `highlights`
(search), `estimate` (cost).
"""
