"""Our own small page for asking questions, where GraphiQL is not installed. It works offline and without scripts."""

from __future__ import annotations

from html import escape

EXAMPLES: tuple[tuple[str, str], ...] = (
    (
        "Members of an alliance at a time",
        """query Members {
  alliance(id: "aua") {
    name
    founded
    members(at: "2018-07", first: 50) {
      totalCount
      undatedCount
      nodes { name country { name } }
    }
  }
}""",
    ),
    (
        "Agreements signed in 2023 with a party from Kazakhstan",
        """query Signed {
  agreements(
    filter: { signed: { within: "2023" }, parties: { some: { organization: { country: { eq: "KZ" } } } } }
    orderBy: [{ signed: DESC }]
    first: 20
  ) {
    totalCount
    nodes { title signed parties(first: 20) { nodes { role actor { __typename name } } } }
  }
}""",
    ),
    (
        "Who says when an alliance was founded",
        """query WhoSays {
  alliance(id: "aua") {
    claims(column: FOUNDED) { value chosen reason evidence locator source { title url kind } }
  }
}""",
    ),
    (
        "Search in any script",
        """query Search {
  search(text: "清华", first: 10) {
    nodes { highlight rank record { __typename id label } }
  }
}""",
    ),
    (
        "Organizations by country",
        """query Countries {
  organizations(first: 0) {
    totalCount
    groupBy(column: COUNTRY, first: 10) { key count record { label } }
  }
}""",
    ),
)


def graphql_page(root: str) -> str:
    """The page for the API under a root (escaped for HTML): a form, examples, links to schema and limits.

    It works without scripts: the form sends the question by GET.
    """
    examples = "\n".join(
        f"<details><summary>{escape(title)}</summary><pre>{escape(text)}</pre></details>" for title, text in EXAMPLES
    )
    return f"""<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>GraphQL: Open Alliances</title>
</head>
<body>
<main>
<h1>GraphQL</h1>
<p>Ask for alliances, their members and their agreements. The <a href="{root}/graphql/schema.graphql">schema</a>
says what there is, the <a href="{root}/graphql/limits">limits</a> what one question may cost.</p>
<form action="{root}/graphql" method="get">
<p><label for="query">Question</label></p>
<p><textarea id="query" name="query" rows="16" cols="90" spellcheck="false">{escape(EXAMPLES[0][1])}</textarea></p>
<p><label for="variables">Variables (JSON)</label></p>
<p><textarea id="variables" name="variables" rows="3" cols="90" spellcheck="false"></textarea></p>
<p><button type="submit">Ask</button></p>
</form>
<h2>Examples</h2>
{examples}
</main>
</body>
</html>
"""
