"""Selections that faces really make, by name: the questions of the benchmark, and one of each kind of part."""

from __future__ import annotations

from datasets.query import selection as s


def slot(name: str) -> s.Slot:
    return s.Slot(name)


def fields(*names: str) -> s.Parts:
    return tuple(s.Scalar(name, name) for name in names)


def nodes(key: str, source: s.Source, parts: s.Parts, page: s.Page) -> s.Connection:
    return s.Connection(key, source, (s.Nodes("nodes", parts),), page)


def to(key: str, entity: str, parts: s.Parts) -> s.LinkTo:
    return s.LinkTo(key, key, ((entity, parts),))


ROLE = s.Scalar("role", "role", s.Form.ENUM)
ORGANIZATION = to("organization", "organization", (*fields("name"), to("country", "country", fields("code"))))
ACTOR = s.LinkTo(
    "actor",
    "actor",
    (
        (
            "organization",
            (s.Literal("__typename", "Organization"), *fields("name"), to("country", "country", fields("code"))),
        ),
        ("alliance", (s.Literal("__typename", "Alliance"), *fields("name"))),
    ),
)
SOURCES = s.List(
    "claims",
    s.Reverse("claim", "record"),
    (to("source", "source", fields("id", "url", "title")),),
    s.Page(first=slot("k")),
)
FROM_COUNTRY = s.Related(
    s.Reverse("party", "agreement"),
    s.Quantifier.SOME,
    s.Linked("actor", "organization", s.Linked("country", "country", s.Compare("id", s.Op.EQ, slot("country")))),
)
SIGNED = s.Within("signed", slot("earliest"), slot("latest"))

Q1 = s.Selection(
    (
        s.Record(
            "alliance",
            "alliance",
            slot("id"),
            (*fields("id", "name"), s.Scalar("kind", "kind", s.Form.ENUM), *fields("founded", "website")),
        ),
    )
)
Q2 = s.Selection(
    (
        nodes(
            "alliances",
            s.Records("alliance"),
            (
                *fields("id", "name"),
                nodes(
                    "memberships", s.Reverse("membership", "alliance"), (ROLE, ORGANIZATION), s.Page(first=slot("k"))
                ),
            ),
            s.Page(first=slot("n")),
        ),
    )
)
Q3 = s.Selection(
    (
        nodes(
            "agreements",
            s.Records("agreement"),
            (
                *fields("id", "title", "signed"),
                nodes("parties", s.Reverse("party", "agreement"), (ROLE, ACTOR), s.Page(first=slot("k"))),
                SOURCES,
            ),
            s.Page(s.All((SIGNED, FROM_COUNTRY)), first=slot("n")),
        ),
    )
)
Q4 = s.Selection(
    (
        s.Record(
            "organization",
            "organization",
            slot("organization"),
            (
                *fields("name"),
                nodes(
                    "memberships",
                    s.Reverse("membership", "organization"),
                    (
                        ROLE,
                        to(
                            "alliance",
                            "alliance",
                            (
                                *fields("name"),
                                nodes(
                                    "memberships",
                                    s.Reverse("membership", "alliance"),
                                    (ROLE, ORGANIZATION),
                                    s.Page(first=slot("k")),
                                ),
                            ),
                        ),
                    ),
                    s.Page(first=slot("n")),
                ),
            ),
        ),
    )
)
AT = s.At(slot("earliest"), slot("latest"))
MEMBERS = s.Selection(
    (
        s.Record(
            "alliance",
            "alliance",
            slot("id"),
            (
                s.List("names", s.ValuesOf("names"), fields("text", "language", "kind")),
                s.List(
                    "identifiers",
                    s.ValuesOf("identifiers"),
                    (
                        s.Scalar("scheme", "scheme", s.Form.ENUM),
                        *fields("value"),
                        s.Switch("url", "scheme", (("ror", s.Pattern("", ("https://ror.org/", s.Ref("value")))),)),
                    ),
                ),
                s.Texts("objectives", "objectives"),
                s.FormerIds("formerIds"),
                s.Connection(
                    "members",
                    s.Members("member_spans", forward=True, at=AT),
                    (
                        s.TotalCount("totalCount"),
                        s.UndatedCount("undatedCount"),
                        s.PageInfo(
                            "pageInfo", (s.Info("hasNextPage", s.Fact.HAS_NEXT), s.Info("endCursor", s.Fact.END_CURSOR))
                        ),
                        s.Nodes(
                            "nodes",
                            (
                                *fields("id", "name"),
                                s.Nested("location", fields("latitude", "longitude"), ("latitude", "longitude")),
                            ),
                        ),
                    ),
                    s.Page(first=slot("n")),
                ),
                s.Connection(
                    "memberships",
                    s.Reverse("membership", "alliance"),
                    (
                        s.UndatedCount("undated"),
                        s.Edges("edges", (s.Cursor("cursor"), s.Node("node", (*fields("id", "since", "until"), ROLE)))),
                    ),
                    s.Page(
                        s.All((s.OpenAt("member_spans", AT), s.Compare("role", s.Op.IN, slot("roles")))),
                        first=slot("n"),
                    ),
                ),
                s.List(
                    "claims",
                    s.Reverse("claim", "record"),
                    (
                        *fields("value", "chosen"),
                        s.Scalar("reason", "reason", s.Form.ENUM),
                        to("source", "source", fields("id", "title")),
                    ),
                    s.Page(s.Compare("column", s.Op.EQ, slot("column"))),
                ),
            ),
        ),
    )
)
NEWEST = s.Selection(
    (
        s.Connection(
            "agreements",
            s.Records("agreement"),
            (
                s.TotalCount("totalCount"),
                s.PageInfo("pageInfo", tuple(s.Info(fact.value, fact) for fact in s.Fact)),
                s.Edges("edges", (s.Cursor("cursor"), s.Node("node", fields("id", "title", "signed")))),
            ),
            s.Page(
                s.All((SIGNED, FROM_COUNTRY)),
                (s.Order("signed", descending=True),),
                last=slot("n"),
                before=slot("cursor"),
            ),
        ),
    )
)
FACETS = s.Selection(
    (
        s.Connection(
            "organizations",
            s.Records("organization"),
            (
                s.TotalCount("totalCount"),
                s.GroupBy(
                    "groupBy",
                    "country",
                    (s.GroupKey("key"), s.GroupCount("count"), s.GroupRecord("record", fields("name"))),
                    slot("n"),
                ),
            ),
            s.Page(s.Not(s.Compare("city", s.Op.CONTAINS, slot("text"))), first=slot("none")),
        ),
    )
)
SEARCH = s.Selection(
    (
        s.Connection(
            "search",
            s.Search(slot("text"), slot("types")),
            (
                s.TotalCount("totalCount"),
                s.Nodes(
                    "nodes",
                    (
                        s.Highlight("highlight"),
                        s.Rank("rank"),
                        s.LinkTo(
                            "record",
                            "record",
                            (("alliance", fields("id", "name")), ("agreement", fields("id", "title"))),
                        ),
                    ),
                ),
            ),
            s.Page(first=slot("n")),
        ),
    )
)
DOCUMENT = s.Selection(
    (
        s.Record(
            "document",
            "organization",
            slot("organization"),
            (
                s.Pattern("@id", ("/id/organization/", s.Ref("id"))),
                s.ByPrecision(
                    "founded",
                    "founded",
                    s.Nested("", (s.Literal("@type", "xsd:gYear"), s.Scalar("@value", "founded", s.Form.BARE))),
                    s.Nested("", (s.Literal("@type", "xsd:gYearMonth"), s.Scalar("@value", "founded", s.Form.BARE))),
                    s.Nested("", (s.Literal("@type", "xsd:date"), s.Scalar("@value", "founded", s.Form.BARE))),
                ),
                s.Nested("name", (s.Scalar("@value", "name"), s.Scalar("@language", "language")), (), sparse=True),
                s.Scalar("latitude", "latitude", s.Form.STRING),
                s.LinkTo(
                    "parent", "parent", (("organization", (s.Pattern("@id", ("/id/organization/", s.Ref("id"))),)),)
                ),
                s.List(
                    "spells",
                    s.Spells("member_spans", forward=False),
                    fields("from_earliest", "to_latest", "undated", "membership"),
                ),
            ),
            sparse=True,
        ),
        s.AnyRecord("any", slot("type"), slot("id"), (("alliance", fields("name")),)),
        s.AnyRecords("many", slot("pairs"), (("alliance", fields("name")), ("organization", fields("name")))),
    )
)
EXPORT = s.Stream(
    "membership",
    (*fields("id", "label", "since", "ended"), to("alliance", "alliance", fields("id", "name"))),
    None,
    (),
    sparse=True,
)

SELECTIONS: dict[str, s.Selection] = {
    "q1_record": Q1,
    "q2_lists_in_lists": Q2,
    "q3_filtered": Q3,
    "q4_there_and_back": Q4,
    "members_at": MEMBERS,
    "newest_backwards": NEWEST,
    "facets": FACETS,
    "search": SEARCH,
    "document": DOCUMENT,
}
VALUES: dict[str, object] = {
    "id": "a00001",
    "organization": "o00002",
    "n": 10,
    "k": 5,
    "none": 0,
    "country": "CN",
    "earliest": "2010-01-01",
    "latest": "2016-12-31",
    "roles": ["founding_member", "member"],
    "column": "name",
    "cursor": None,
    "text": "north univ",
    "types": ["alliance", "agreement", "organization"],
    "type": "alliance",
    "pairs": [["alliance", "old-a"], ["organization", "o00001"], ["alliance", "none"], ["", "a00002"]],
}
