"""Other people's clients against the running service: each works as its documentation says, without workarounds."""

from __future__ import annotations

import asyncio
import json
import shutil
import subprocess
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from gql import Client, gql
from gql.transport.exceptions import TransportQueryError
from gql.transport.httpx import HTTPXAsyncTransport, HTTPXTransport

from tests.graphql.tools import GOLDEN
from tests.service.running import Running, running

CLIENTS = Path(__file__).parents[1] / "clients"
PACKAGES = CLIENTS / "node_modules"

pytestmark = pytest.mark.slow
javascript = pytest.mark.usefixtures("packages")


@pytest.fixture
def packages() -> None:
    """Skips a test where the pinned packages are not installed."""
    if shutil.which("node") is None:
        pytest.skip("node is missing; install nodejs")
    if not (PACKAGES / "graphql-http").is_dir():
        pytest.skip("the JavaScript clients are missing; install npm, then run npm ci in tests/clients")


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory, world: Path) -> Iterator[Running]:
    folder = tmp_path_factory.mktemp("clients")
    shutil.copytree(world, folder / "facts")
    with running(folder, {"ALLIANCES_FACTS": "facts"}) as started:
        yield started


@pytest.fixture(scope="module")
def url(service: Running) -> str:
    return f"{service.address}/graphql"


def run(*command: str | Path, cwd: Path = CLIENTS, env: Mapping[str, str] | None = None) -> str:
    """What a command says. Fails the test with all of it when the command fails."""
    done = subprocess.run([str(c) for c in command], cwd=cwd, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, f"{command}: {done.stdout}\n{done.stderr}"
    return done.stdout


def workshop(folder: Path, name: str) -> Path:
    """A copy of a folder of `tests/clients` with the packages and our SDL, where files can be generated."""
    copy = folder / name
    shutil.copytree(CLIENTS / name, copy)
    (copy / "node_modules").symlink_to(PACKAGES)
    shutil.copy(GOLDEN / "schema.graphql", copy)
    return copy


@javascript
def test_all_audits_of_graphql_over_http_pass(url: str) -> None:
    audits = json.loads(run("node", "audit.mjs", url))
    assert len(audits) == 61
    assert [audit for audit in audits if audit["status"] != "ok"] == []


MEMBERS = """
query Members($id: ID!, $roles: [MembershipRole!], $at: PartialDate) {
  alliance(id: $id) {
    name kind founded
    memberships(role: $roles, at: $at, first: 50) { nodes { role since organization { name } } }
  }
}
"""


def test_gql_reads_the_schema_checks_the_query_and_reads_enums(url: str) -> None:
    with Client(transport=HTTPXTransport(url=url), fetch_schema_from_transport=True, parse_results=True) as session:
        document = gql(MEMBERS)
        document.variable_values = {"id": "orchid-alliance", "roles": ["FOUNDING_MEMBER"], "at": "2018-07"}
        found: dict[str, Any] = session.execute(document)
        assert found["alliance"]["name"] == "Orchid River Universities Alliance"
        assert {row["role"] for row in found["alliance"]["memberships"]["nodes"]} == {"FOUNDING_MEMBER"}
        with pytest.raises(Exception, match="Cannot query field 'nothing'"):
            session.execute(gql('{ alliance(id: "x") { nothing } }'))


def test_gql_shows_our_errors(url: str) -> None:
    with (
        Client(transport=HTTPXTransport(url=url)) as session,
        pytest.raises(TransportQueryError) as caught,
    ):
        session.execute(gql("{ alliances(first: 101) { totalCount } }"))
    assert caught.value.errors
    assert caught.value.errors[0]["extensions"]["code"] == "BAD_USER_INPUT"
    assert "give 0 to 100" in caught.value.errors[0]["message"]


def test_gql_asks_many_questions_at_once(url: str) -> None:
    async def ask() -> list[dict[str, Any]]:
        async with Client(transport=HTTPXAsyncTransport(url=url)) as session:
            document = "query ($id: ID!) { organization(id: $id) { name } }"
            ids = ["jade-university", "delta-polytechnic", "nobody"] * 5
            requests = []
            for id in ids:
                request = gql(document)
                request.variable_values = {"id": id}
                requests.append(session.execute(request))
            found: list[dict[str, Any]] = await asyncio.gather(*requests)
            return found

    names = [found["organization"] for found in asyncio.run(ask())]
    assert names[2] is None
    assert names[:3] * 5 == names


@javascript
def test_apollo_keeps_records_pages_and_asks_by_hash(url: str) -> None:
    seen = json.loads(run("node", "apollo.mjs", url))
    assert seen["alliance"]["name"] == "Orchid River Universities Alliance"
    assert seen["alliance"]["secretariatOrganization"]["__typename"] == "Organization"
    assert seen["fromCache"]
    assert seen["kept"] == seen["alliance"]["secretariatOrganization"]["name"]
    assert seen["first"] == 2
    assert len(set(seen["both"])) == 4
    assert seen["wrong"] == "GRAPHQL_VALIDATION_FAILED"
    # A hash by GET; where it is unknown, the document with it by POST; an answer in the cache asks nothing.
    assert seen["sent"] == ["GET", "POST", "GET", "POST", "GET", "GET", "POST"]
    again = json.loads(run("node", "apollo.mjs", url))
    assert again["sent"][:2] == ["GET", "GET"], "the service knows the hashes now"


@javascript
def test_a_typed_client_is_generated_compiles_and_runs(url: str, tmp_path: Path) -> None:
    folder = workshop(tmp_path, "typed")
    run(folder / "node_modules" / ".bin" / "graphql-codegen", "--config", "codegen.mjs", cwd=folder)
    run(folder / "node_modules" / ".bin" / "tsc", "--project", ".", cwd=folder)
    seen = json.loads(run("node", "built/program.js", url, cwd=folder))
    assert (seen["name"], seen["founded"]) == ("Orchid River Universities Alliance", "2017-04-29")
    assert seen["countries"]
    assert "OFFICIAL" in seen["kinds"]
    assert seen["acronyms"]


@javascript
def test_relay_compiles_our_schema_and_its_queries_run(url: str, tmp_path: Path) -> None:
    folder = workshop(tmp_path, "relay")
    (folder / "persisted.json").write_text("{}")
    run(folder / "node_modules" / ".bin" / "relay-compiler", cwd=folder)
    persisted = json.loads((folder / "persisted.json").read_text())
    by_name = {text.split("(")[0].split()[1]: text for text in persisted.values()}
    assert set(by_name) == {
        "MembersQuery",
        "MembersPaginationQuery",
        "MembersActorQuery",
        "MembersOrganizationsQuery",
    }
    with Client(transport=HTTPXTransport(url=url)) as session:

        def ask(name: str, **variables: object) -> dict[str, Any]:
            request = gql(by_name[name])
            request.variable_values = variables
            found: dict[str, Any] = session.execute(request)
            return found

        first = ask("MembersQuery", id="orchid-alliance", at="2018-07")["alliance"]
        edges, page = first["members"]["edges"], first["members"]["pageInfo"]
        assert len(edges) == 2
        assert page["hasNextPage"]
        more = ask("MembersPaginationQuery", id=first["id"], at="2018-07", cursor=page["endCursor"], count=2)["node"]
        assert more["__typename"] == "Alliance"
        assert not {e["cursor"] for e in edges} & {e["cursor"] for e in more["members"]["edges"]}
        again = ask("MembersActorQuery", id=edges[0]["node"]["id"])["node"]
        assert again["name"] == edges[0]["node"]["name"]
        found = ask("MembersOrganizationsQuery", filter={"country": {"isNull": False}})["organizations"]
        assert len(found["edges"]) == 3
