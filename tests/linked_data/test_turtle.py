"""Turtle written directly says what N-Triples says, whatever the terms look like."""

from __future__ import annotations

import pyoxigraph as ox
import pytest
import rdflib

from linked_data.saying import Block, text
from linked_data.turtle import Turtle

PREFIXES = {
    "ex": "http://ex.org/",
    "rdf": "http://www.w3.org/1999/02/22-rdf-syntax-ns#",
    "xsd": "http://www.w3.org/2001/XMLSchema#",
}
XSD = "http://www.w3.org/2001/XMLSchema#"
THINGS = "http://own.example/id/"


@pytest.mark.parametrize(
    "value",
    [
        "<http://ex.org/a>",
        "<http://ex.org/>",
        "<http://ex.org/a/b>",
        "<http://ex.org/1a>",
        "<http://ex.org/a.b>",
        "<http://ex.org/%41>",
        "<http://ex.org/é>",
        "<http://ex.org/a#b>",
        "<http://own.example/id/organization/x>",
        '"plain"',
        '"a \\"quoted\\" > word"',
        '"ends like a type\\"^^<http://ex.org/t>"',
        '"line\\nbreak\\tand\\\\"',
        '"\\u0001"',
        '"中文 ไทย 😀"@zh-Hant',
        f'"5"^^<{XSD}integer>',
        f'"-05"^^<{XSD}integer>',
        f'"1.50"^^<{XSD}decimal>',
        f'"1"^^<{XSD}decimal>',
        f'"1."^^<{XSD}decimal>',
        f'"true"^^<{XSD}boolean>',
        f'"1"^^<{XSD}boolean>',
        f'"2020"^^<{XSD}gYear>',
        '"2020~"^^<http://id.loc.gov/datatypes/edtf/EDTF>',
        '"x"^^<http://ex.org/type>',
    ],
)
def test_each_term_is_read_as_it_was_meant(value: str) -> None:
    blocks: list[Block] = [
        ("<http://own.example/id/a>", [f"<http://www.w3.org/1999/02/22-rdf-syntax-ns#type> <{THINGS}T>"]),
        (
            "<http://own.example/id/b>",
            [f"<http://ex.org/p> {value}", '<http://ex.org/p> "other"', f"<http://ex.org/q/r> {value}"],
        ),
        ("<http://own.example/id/c>", []),
    ]
    written = Turtle(PREFIXES, THINGS).document(blocks)
    expected = {str(quad) for quad in ox.parse(text(blocks), format=ox.RdfFormat.N_TRIPLES)}
    assert {str(quad) for quad in ox.parse(written, format=ox.RdfFormat.TURTLE)} == expected
    assert len(rdflib.Graph().parse(data=written, format="turtle")) == len(expected)


def test_only_used_prefixes_are_declared() -> None:
    turtle = Turtle(PREFIXES, THINGS)
    blocks: list[Block] = [("<http://own.example/id/b>", ['<http://other.org/p> "x"'])]
    assert "@prefix ex:" not in turtle.document(blocks)
    assert turtle.head().count("@prefix") == len(PREFIXES)


def test_a_predicate_is_said_once() -> None:
    blocks: list[Block] = [("<http://a.org/b>", ['<http://ex.org/p> "x"', '<http://ex.org/p> "y"'])]
    assert Turtle(PREFIXES, THINGS).text(blocks) == '<http://a.org/b> ex:p "x" , "y" .\n'
