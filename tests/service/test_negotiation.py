import pytest

from service.negotiation import choose, coding, parse, quality

OFFERS = ("text/html", "application/ld+json", "text/turtle", "application/n-triples")
BROWSER = "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,*/*;q=0.8"


@pytest.mark.parametrize(
    ("accept", "expected"),
    [
        (None, "text/html"),
        ("", "text/html"),
        ("   ", "text/html"),
        ("*/*", "text/html"),
        (BROWSER, "text/html"),
        ("text/turtle", "text/turtle"),
        ("TEXT/Turtle", "text/turtle"),
        ("text/turtle;q=0.5, application/ld+json;q=0.9", "application/ld+json"),
        ("text/turtle, application/ld+json", "application/ld+json"),
        ("text/*", "text/html"),
        ("text/*, text/html;q=0.1", "text/turtle"),
        ("text/*;q=0.3, */*;q=0.2, application/n-triples", "application/n-triples"),
        ("application/*;q=0.9, text/html;q=0.8", "application/ld+json"),
        ("*/*, text/html;q=0", "application/ld+json"),
        ("text/html;q=0", None),
        ("text/html;q=0.000", None),
        ("image/png", None),
        ("image/png, */*;q=0.1", "text/html"),
        ("text/turtle;q=1.000", "text/turtle"),
        ("text/turtle ; q=0.4 , text/html ; q=0.3", "text/turtle"),
        ("text/turtle;charset=utf-8", "text/turtle"),
        ('application/ld+json;profile="http://www.w3.org/ns/json-ld#compacted"', None),
        ("text/turtle;q=2", None),
        ("text/turtle;q=abc, text/html;q=0.1", "text/html"),
        ("text/html, image/gif, image/jpeg, *; q=.2, */*; q=.2", "text/html"),
        ("text/turtle;q=.8, text/html;q=.1", "text/turtle"),
        ("text/turtle;q=0.3333, text/html;q=0.33", "text/turtle"),
        ("text/turtle;q=1.1", None),
        ("text/turtle;q=.", None),
        ("nonsense", None),
        ("nonsense, text/turtle", "text/turtle"),
        (",,text/turtle,,", "text/turtle"),
        ("*/turtle", None),
        ("text/turtle;version=1.2", None),
    ],
)
def test_accept(accept: str | None, expected: str | None) -> None:
    assert choose(accept, OFFERS) == expected


def test_a_quoted_comma_or_semicolon_does_not_split() -> None:
    (one,) = parse('application/ld+json;version="a,b;c \\"d\\"";q=0.5')
    assert one.parameters == {("version", 'a,b;c "d"')}
    assert one.weight == 0.5


def test_an_offer_with_a_profile_is_wanted_by_its_profile_and_by_its_plain_type() -> None:
    offers = ("application/ld+json", 'application/ld+json;profile="p"')
    assert choose('application/ld+json;profile="p", application/ld+json;q=0.5', offers) == offers[1]
    assert choose("application/ld+json", offers) == offers[0]
    assert quality('application/ld+json;profile="p"', offers[1]) == 1.0


def test_several_profiles_are_wanted_together_in_any_order() -> None:
    offers = ('application/ld+json;profile="p"', 'application/ld+json;profile="q p"')
    assert choose('application/ld+json;profile="p q"', offers) == offers[1]
    assert choose('application/ld+json;profile="p"', offers) == offers[0]
    assert choose('application/ld+json;profile="p r"', offers) is None


def test_parameters_after_q_are_not_part_of_the_media_type() -> None:
    assert choose("text/turtle;q=0.7;ext=1", OFFERS) == "text/turtle"


def test_a_hostile_header_is_read_quickly() -> None:
    assert choose('"' * 5000, OFFERS) is None
    assert choose("a/b;" + "x=" * 5000, OFFERS) is None
    assert choose("text/turtle," * 5000, OFFERS) == "text/turtle"


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        ("", ""),
        ("gzip", "gzip"),
        ("GZIP", "gzip"),
        ("gzip;q=0", ""),
        ("gzip;q=0.0", ""),
        ("br, gzip;q=0.5", "gzip"),
        ("*", "gzip"),
        ("*;q=0", ""),
        ("identity", ""),
        ("identity;q=1, gzip;q=0.5", ""),
        ("identity;q=0.5, gzip", "gzip"),
        ("deflate", ""),
        ("gzip;q=x", ""),
    ],
)
def test_accept_encoding(header: str, expected: str) -> None:
    assert coding(header, ("gzip",)) == expected
