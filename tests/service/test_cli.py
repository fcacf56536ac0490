"""The commands, called in process; real processes stand in test_processes.py."""

from __future__ import annotations

import csv
import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from datasets.release import pointer
from service.cli import Commands, alliances
from service.settings import Settings, origins

Call = Callable[..., Result]


@pytest.fixture
def call(tmp_path: Path, world: Path, monkeypatch: pytest.MonkeyPatch) -> Call:
    """Calls a command in an empty folder, with a copy of the small world as the committed facts."""
    shutil.copytree(world, tmp_path / "facts")
    monkeypatch.chdir(tmp_path)
    settings = {"FACTS": "facts", "DATABASE": "sqlite:///canonical.sqlite", "RELEASES": "releases"}

    def invoke(*arguments: str, **more: str) -> Result:
        environ = {f"ALLIANCES_{name}": value for name, value in {**settings, **more}.items()}
        return CliRunner().invoke(alliances, arguments, env=environ)

    return invoke


def failed(result: Result, *words: str) -> None:
    """The command ended with 2 and one line on stderr that holds the words."""
    assert result.exit_code == 2, result.output
    lines = result.stderr.strip().splitlines()
    assert len(lines) == 1, lines
    assert lines[0].startswith("alliances: ")
    for word in words:
        assert word in lines[0]
    assert result.stdout == ""


def test_from_facts_to_a_release_and_back(call: Call, tmp_path: Path) -> None:
    assert call("check").exit_code == 0
    dry = call("load", "--dry-run")
    assert "dry run: nothing was written" in dry.stdout
    assert call("load").exit_code == 0
    assert "nothing changed" in call("load").stdout
    first = call("publish")
    assert first.exit_code == 0, first.output
    id = first.stdout.split()[-1]
    assert "nothing to do" in call("publish").stdout
    assert call("verify").stdout == f"{id} is whole\n"
    second = call("publish", "--date", "2026-02-28")
    other = second.stdout.split()[-1]
    assert other.startswith("2026-02-28-")
    assert call("verify", id).exit_code == 0
    assert call("rollback").stdout == f"{id} is current\n"
    assert call("diff", id, other).exit_code == 0
    assert call("export", "written").exit_code == 0
    assert sorted(path.name for path in (tmp_path / "written").iterdir()) >= ["agreements.csv", "alliances.csv"]


def test_publish_can_load_first(call: Call) -> None:
    done = call("publish", "--load", "--base-iri", "https://alliances.example")
    assert done.exit_code == 0, done.output
    assert "published 2026-01-31-" in done.stdout


def test_diff_tells_what_changed(call: Call, tmp_path: Path) -> None:
    call("publish", "--load")
    before = pointer.current(tmp_path / "releases")
    path = tmp_path / "facts" / "alliances.csv"
    path.write_text(path.read_text().replace("Lotus Network of Universities", "Lotus Network"))
    call("publish", "--load")
    after = pointer.current(tmp_path / "releases")
    assert before
    assert after
    changes = call("diff", before.name, after.name)
    assert changes.exit_code == 1
    assert "MOD alliance/lotus-network" in changes.stdout
    assert "name: Lotus Network of Universities → Lotus Network" in changes.stdout
    lines = [json.loads(line) for line in call("diff", before.name, after.name, "--json").stdout.splitlines()]
    assert {"MOD"} <= {line["op"] for line in lines}


def test_findings_are_printed_and_are_exit_code_1(call: Call, tmp_path: Path) -> None:
    path = tmp_path / "facts" / "alliances.csv"
    path.write_text(path.read_text().replace("bamboo-circle,", "Bamboo Circle,", 1))
    found = call("check")
    assert found.exit_code == 1
    assert "alliances.csv:2:1" in found.stdout
    assert "errors" in found.stderr
    finding = json.loads(call("check", "--json").stdout.splitlines()[0])
    assert set(finding) == {"file", "line", "column", "code", "severity", "value", "message", "mend"}
    for command in (("load",), ("publish", "--load")):
        refused = call(*command)
        assert refused.exit_code == 1
        assert "alliances.csv:2:1" in refused.stdout
        assert "nothing was loaded" in refused.stderr
    assert not (tmp_path / "releases").exists()


def test_minting_gives_ids_once(call: Call, tmp_path: Path) -> None:
    path = tmp_path / "facts" / "figures.csv"
    rows = list(csv.reader(path.read_text().splitlines()))
    at = rows[0].index("id")
    gone = rows[-1][at]
    rows[-1][at] = ""
    with path.open("w", newline="") as target:
        csv.writer(target, lineterminator="\n").writerows(rows)
    minted = call("check", "--mint")
    assert "figures.csv: 1 new ids" in minted.stderr
    again = list(csv.reader(path.read_text().splitlines()))[-1][at]
    assert again not in ("", gone)
    assert "new ids" not in call("check", "--mint").stderr


def test_explaining_a_value(call: Call) -> None:
    call("load")
    told = call("explain", "agreement/river-charter-2018", "signed")
    assert told.exit_code == 0
    assert "2018-10-04" in told.stdout
    assert "pinned" in told.stdout
    assert json.loads(call("explain", "agreement/river-charter-2018", "--json").stdout)["type"] == "agreement"
    failed(call("explain", "agreement/none"), "none")
    failed(call("explain", "none/none"), "none")
    failed(call("explain", "nonsense"), "nonsense")
    failed(call("explain", "alliance/lotus-network", "none"), "none")


def test_what_cannot_be_done_is_one_line(call: Call, tmp_path: Path) -> None:
    failed(call("check", "nowhere"), "nowhere")
    failed(call("load", "nowhere"), "nowhere")
    (tmp_path / "empty").mkdir()
    failed(call("check", "empty"), "empty holds no facts")
    failed(call("load", "empty"), "empty holds no facts")
    failed(call("explain", "alliance/lotus-network"), "run `alliances load` first")
    failed(call("verify"), "nothing is published")
    failed(call("verify", "2020-01-01-0123456789"), "there is no release")
    failed(call("verify", ""), "there is no release")
    failed(call("verify", ".."), "there is no release")
    failed(call("rollback"), "nothing is published")
    failed(call("publish"), "load")
    failed(call("diff", "a", "b"), "there is no release 'a'")
    failed(call("load", "--database", "mysql://host/name"), "mysql")
    failed(call("load", "--database", "nonsense"), "nonsense")
    failed(call("publish", "--load", "--base-iri", "nonsense"), "--base-iri", "nonsense")
    failed(call("check", PORT="eighty"), "ALLIANCES_PORT", "eighty")
    failed(call("check", PORTS="80"), "ALLIANCES_PORTS is not a setting")
    call("load")
    failed(call("publish", "--date", "yesterday"), "yesterday")
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "file").touch()
    failed(call("export", "full"), "full")


def test_a_damaged_release_does_not_verify(call: Call, tmp_path: Path) -> None:
    call("publish", "--load")
    current = pointer.current(tmp_path / "releases")
    assert current
    path = current / "shapes.json"
    path.write_text(path.read_text() + " ")
    broken = call("verify")
    assert broken.exit_code == 1
    assert "shapes.json" in broken.stdout


@pytest.mark.parametrize("arguments", [("none",), ("diff", "a"), ("serve", "--port", "x"), ("check", "--none")])
def test_wrong_usage_is_exit_code_2(call: Call, arguments: tuple[str, ...]) -> None:
    result = call(*arguments)
    assert result.exit_code == 2
    assert "Usage:" in result.stderr


def test_settings_are_printed_with_value_origin_and_doc(call: Call) -> None:
    told = call("settings", PORT="8123").stdout
    assert "ALLIANCES_PORT=8123  (environment)" in told
    assert "ALLIANCES_HOST=127.0.0.1  (default)" in told
    rows = json.loads(call("settings", "--json").stdout)
    assert [row["name"] for row in rows] == [origin.name for origin in origins({})]
    assert set(rows[0]) == {"name", "variable", "value", "origin", "doc"}


def test_every_command_has_help_and_every_option_a_setting_or_a_doc() -> None:
    assert isinstance(alliances, Commands)
    for name, command in alliances.commands.items():
        assert command.help, name
        for parameter in command.params:
            assert parameter.param_type_name == "argument" or getattr(parameter, "help", None), (name, parameter.name)
    assert set(Settings.__dataclass_fields__) >= {
        "facts",
        "database",
        "releases",
        "base_iri",
        "host",
        "port",
        "workers",
    }
