"""Values as RDF: whatever is stored, two parsers accept what is written and give it back."""

from __future__ import annotations

import pyoxigraph as ox
import pytest
import rdflib
from hypothesis import given
from hypothesis import strategies as st

from linked_data import terms
from linked_data.namespaces import EDTF, XSD

SUBJECT = "<http://example.org/s> <http://example.org/p> "
any_text = st.text(st.characters(exclude_categories=["Cs"]))


def read(written: str) -> ox.Literal | ox.NamedNode:
    (quad,) = ox.parse(f"{SUBJECT}{written} .\n".encode(), format=ox.RdfFormat.N_TRIPLES)
    assert isinstance(quad.object, ox.Literal | ox.NamedNode)
    return quad.object


def read_by_rdflib(written: str) -> rdflib.term.Node:
    graph = rdflib.Graph().parse(data=f"{SUBJECT}{written} .\n", format="nt")
    (found,) = graph.objects()
    return found


@given(any_text)
def test_every_text_comes_back(value: str) -> None:
    assert read(terms.text(value)) == ox.Literal(value)
    assert read(terms.text(value, "zh-Hant")) == ox.Literal(value, language="zh-Hant")
    assert "\n" not in terms.text(value)


@given(any_text.filter(lambda text: "\x00" not in text))
def test_rdflib_reads_the_same_text(value: str) -> None:
    assert str(read_by_rdflib(terms.text(value))) == value


@given(any_text)
def test_every_address_becomes_an_iri(rest: str) -> None:
    iri = terms.iri(f"https://example.org/{rest}")
    assert read(f"<{iri}>") == ox.NamedNode(iri)
    assert terms.iri(iri) == iri


@pytest.mark.parametrize(
    ("address", "iri"),
    [
        ("https://e.org/a b", "https://e.org/a%20b"),
        ("https://e.org/清华?q=ü", "https://e.org/清华?q=ü"),
        ("https://e.org/a%20b", "https://e.org/a%20b"),
        ("https://e.org/100%", "https://e.org/100%25"),
        ("https://e.org/?a[]=1", "https://e.org/?a%5B%5D=1"),
        ("http://[::1]:8000/a", "http://[::1]:8000/a"),
        ("https://e.org/#a#b", "https://e.org/#a%23b"),
        ('https://e.org/<"|>', "https://e.org/%3C%22%7C%3E"),
    ],
)
def test_what_iris_cannot_hold_is_encoded(address: str, iri: str) -> None:
    assert terms.iri(address) == iri


@pytest.mark.parametrize(
    ("edtf", "literal"),
    [
        ("2017", f'"2017"^^<{XSD}gYear>'),
        ("2017-04", f'"2017-04"^^<{XSD}gYearMonth>'),
        ("2017-04-29", f'"2017-04-29"^^<{XSD}date>'),
        ("2017-04-29T10:00:00", f'"2017-04-29"^^<{XSD}date>'),
        ("2017~", f'"2017"^^<{XSD}gYear>'),
        ("2017-04?", f'"2017-04"^^<{XSD}gYearMonth>'),
        ("2017-04-29%", f'"2017-04-29"^^<{XSD}date>'),
        ("2016-21", None),
        ("2016-24~", None),
        ("201X", None),
        ("2016-XX", None),
        ("2016/2017", None),
        ("../2017", None),
    ],
)
def test_dates_by_precision(edtf: str, literal: str | None) -> None:
    assert terms.date(edtf) == literal
    assert read(terms.edtf(edtf)) == ox.Literal(edtf, datatype=ox.NamedNode(EDTF))


@given(st.decimals(allow_nan=False, allow_infinity=False, places=5).map(lambda d: f"{d:f}"))
def test_decimals_stay_digit_for_digit(value: str) -> None:
    assert read(terms.decimal(value)) == ox.Literal(value, datatype=ox.NamedNode(f"{XSD}decimal"))


@given(any_text)
def test_segments_need_no_further_encoding(value: str) -> None:
    iri = f"http://example.org/id/x-{terms.segment(value)}"
    assert terms.iri(iri) == iri
    assert "/" not in terms.segment(value)
