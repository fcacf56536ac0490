from pathlib import Path

import pytest

from service.errors import OperationError
from service.settings import Settings, environment, origins, resolve


def test_the_defaults_stand_where_nothing_is_said() -> None:
    assert resolve({}) == Settings()
    assert resolve({}).releases == Path(".alliances/releases")


def test_an_option_beats_the_environment_and_that_the_default() -> None:
    environ = {"ALLIANCES_PORT": "9000", "ALLIANCES_HOST": "0.0.0.0"}  # noqa: S104 (nothing listens)
    settings = resolve(environ, port=9001)
    assert (settings.port, settings.host) == (9001, "0.0.0.0")  # noqa: S104


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("ALLIANCES_PORT", "eighty"),
        ("ALLIANCES_PORT", "65536"),
        ("ALLIANCES_PORT", "-1"),
        ("ALLIANCES_WORKERS", "0"),
        ("ALLIANCES_BASE_IRI", "alliances.example"),
        ("ALLIANCES_BASE_IRI", "ftp://alliances.example"),
        ("ALLIANCES_BASE_IRI", "https://alliances.example/?a=1"),
        ("ALLIANCES_POLL_SECONDS", "0"),
        ("ALLIANCES_POLL_SECONDS", "nan"),
        ("ALLIANCES_POLL_SECONDS", "often"),
        ("ALLIANCES_ACCESS_LOG", "maybe"),
        ("ALLIANCES_RELEASES", ""),
        ("ALLIANCES_DATABASE", ""),
    ],
)
def test_what_cannot_be_read_names_the_variable_and_the_value(name: str, text: str) -> None:
    with pytest.raises(OperationError, match=f"{name}: '{text}' cannot be used".replace("?", r"\?")):
        resolve({name: text})


def test_a_mistyped_variable_is_not_passed_over() -> None:
    with pytest.raises(OperationError, match="ALLIANCES_RELEASE is not a setting"):
        resolve({"ALLIANCES_RELEASE": "x"})


def test_other_variables_are_left_alone() -> None:
    assert resolve({"HOME": "/", "alliances_port": "x"}) == Settings()


@pytest.mark.parametrize("text", ["http://local host", "http://x/a<b", 'http://x/a"b', "http://user:word@x"])
def test_a_base_iri_holds_what_an_iri_may(text: str) -> None:
    with pytest.raises(OperationError, match="without spaces, quotes, brackets"):
        resolve({"ALLIANCES_BASE_IRI": text})
    assert resolve({"ALLIANCES_BASE_IRI": "https://bücher.example/a"}).base_iri == "https://bücher.example/a"


def test_a_base_iri_ends_without_slash() -> None:
    assert resolve({"ALLIANCES_BASE_IRI": "https://alliances.example/"}).base_iri == "https://alliances.example"


def test_every_setting_has_a_doc_and_is_its_own_environment_again() -> None:
    settings = resolve({"ALLIANCES_ACCESS_LOG": "no", "ALLIANCES_PORT": "0"})
    assert resolve(environment(settings)) == settings
    assert all(origin.doc.endswith(".") for origin in origins({}))
    assert {o.name: o.origin for o in origins({"ALLIANCES_PORT": "1"})}["port"] == "environment"


def test_a_password_is_not_shown() -> None:
    url = "postgresql+psycopg://user:s3cret@host/name"
    shown = {o.name: o.value for o in origins({"ALLIANCES_DATABASE": url})}["database"]
    assert "s3cret" not in shown
    assert shown == "postgresql+psycopg://user:***@host/name"
    assert resolve({"ALLIANCES_DATABASE": url}).database == url
