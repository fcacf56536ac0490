"""What is in the repository and what is not."""

import re
import subprocess
import sys
import tomllib
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest

from tests.test_directions import imports

ROOT = Path(__file__).parent.parent
TOP = {
    ".ci", ".gitignore", "LICENSE", "LICENSE-DATA", "Makefile", "README.md", "datasets", "graph_schema", "linked_data",
    "pyproject.toml", "requirements-dev.txt", "requirements.txt", "service", "tests",
}  # fmt: skip
BUNDLES = re.compile(
    r"(\.min\.(js|css)|\.(whl|so|jar|exe|dll|zip|gz|xz|woff2?|ttf|otf|sqlite|parquet))$|(^|/)(node_modules|vendor|dist)/"
)
# Written in pieces, so that this file does not hold what it looks for.
HOSTS = re.compile(
    "|".join((r"py" + r"pi\.org", "python" + r"hosted\.org", "npm" + r"js\.(org|com)", "deb" + r"\.debian\.org"))
)
MACHINE = re.compile(r"(?<![\w.~:}/-])/(root|work|opt/" + r"pypi|opt/wheels|home/\w+|Users/\w+)(/|\b)")

pytestmark = pytest.mark.needs("git", "git")


def tracked() -> list[Path]:
    """The files that a clone brings, and those about to be committed."""
    command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    names = subprocess.run(command, cwd=ROOT, check=True, capture_output=True).stdout
    return [ROOT / name for name in names.decode().split("\0") if name and (ROOT / name).is_file()]


def texts() -> dict[str, str]:
    """Every tracked text by its name."""
    found = {}
    for path in tracked():
        content = path.read_bytes()
        if b"\0" not in content:
            found[str(path.relative_to(ROOT))] = content.decode(errors="replace")
    return found


def normal(name: str) -> str:
    """The name of a distribution as the registry compares it."""
    return re.sub(r"[-_.]+", "-", name).lower()


def lock(name: str) -> dict[str, str]:
    """The pinned version of every package in a lock file."""
    return dict(re.findall(r"^([a-z0-9._-]+)==([^ \\]+)", (ROOT / name).read_text(encoding="utf-8"), re.MULTILINE))


def test_the_top_level_is_fixed() -> None:
    assert {p.relative_to(ROOT).parts[0] for p in tracked()} == TOP


def test_nothing_of_others_is_bundled() -> None:
    assert [str(p) for p in tracked() if BUNDLES.search(str(p.relative_to(ROOT)))] == []


def test_files_are_small() -> None:
    sizes = {str(p.relative_to(ROOT)): p.stat().st_size for p in tracked()}
    assert {name: size for name, size in sizes.items() if size > 600_000} == {}
    assert sum(sizes.values()) < 10_000_000


@pytest.mark.parametrize("pattern", [HOSTS, MACHINE], ids=["registry host", "path of a machine"])
def test_no_file_names_it(pattern: re.Pattern[str]) -> None:
    found = []
    for name, text in texts().items():
        found += [f"{name}:{text.count(chr(10), 0, m.start()) + 1}: {m.group()}" for m in pattern.finditer(text)]
    assert found == []


def test_the_patterns_find_what_they_look_for() -> None:
    assert HOSTS.search("https://files.python" + "hosted.org/x")
    assert MACHINE.search("--find-links /opt/" + "wheels")
    assert MACHINE.search('path = "/ro' + 'ot/x"')
    assert not MACHINE.search("https://example.org/work/1")


@pytest.mark.parametrize("name", ["requirements.txt", "requirements-dev.txt"])
def test_a_lock_pins_and_hashes_everything_and_names_no_index(name: str) -> None:
    text = (ROOT / name).read_text(encoding="utf-8")
    lines = [line for line in text.splitlines() if line and not line.lstrip().startswith("#")]
    assert [
        line for line in lines if not re.fullmatch(r"[a-z0-9._-]+==\S+ \\|    --hash=sha256:[0-9a-f]{64}( \\)?", line)
    ] == []
    assert len(lock(name)) > 50


def test_the_locks_agree_and_hold_every_dependency() -> None:
    runtime, dev = lock("requirements.txt"), lock("requirements-dev.txt")
    assert runtime.items() <= dev.items()
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    name = re.compile(r"[A-Za-z0-9._-]+")
    assert {m.group() for d in project["dependencies"] if (m := name.match(d))} <= runtime.keys()
    assert {m.group() for d in project["optional-dependencies"]["dev"] if (m := name.match(d))} <= dev.keys()


def test_every_import_is_a_declared_dependency() -> None:
    """What a file imports is in the lock that its users install: runtime for the packages, development for tests."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    name = re.compile(r"[A-Za-z0-9._-]+")
    runtime = {m.group() for d in project["dependencies"] if (m := name.match(d))}
    dev = runtime | {m.group() for d in project["optional-dependencies"]["dev"] if (m := name.match(d))}
    distributions = {root: {normal(name) for name in names} for root, names in packages_distributions().items()}
    own = {"datasets", "linked_data", "graph_schema", "service", "tests"}
    undeclared = set()
    for path in tracked():
        if path.suffix != ".py":
            continue
        where = path.relative_to(ROOT)
        declared = dev if where.parts[0] == "tests" else runtime
        for line, module in imports(path.read_text(encoding="utf-8")):
            root = module.split(".")[0]
            if root not in own | sys.stdlib_module_names and not declared & distributions.get(root, set()):
                undeclared.add(f"{where}:{line}: {root}")
    assert undeclared == set()


def test_make_knows_the_commands_of_the_readme() -> None:
    targets = set(re.findall(r"^(\w+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))
    assert targets >= {"setup", "serve", "test", "check", "benchmark"}


@pytest.mark.parametrize("name", [".ci/setup", ".ci/run"])
def test_scripts_can_be_run(name: str) -> None:
    assert (ROOT / name).stat().st_mode & 0o111
    subprocess.run(["sh" if name.endswith("setup") else "bash", "-n", str(ROOT / name)], check=True)
