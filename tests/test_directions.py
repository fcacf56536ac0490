"""Each package imports only what stands left of it: datasets → linked_data, graph_schema → service."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
SEES = {
    "datasets": {"datasets"},
    "linked_data": {"datasets", "linked_data"},
    "graph_schema": {"datasets", "graph_schema"},
    "service": {"datasets", "linked_data", "graph_schema", "service"},
}


def imports(text: str) -> Iterator[tuple[int, str]]:
    """Line and name of every module that a file imports, inside functions too."""
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"line {node.lineno}: imports name the whole path"
            assert node.module
            yield node.lineno, node.module
            yield from ((node.lineno, f"{node.module}.{alias.name}") for alias in node.names)


def wrong(package: str, text: str) -> list[str]:
    """The imports of a file in `package` that go against the direction."""
    others = (SEES.keys() | {"tests"}) - SEES[package]
    return [f"line {line}: {name}" for line, name in imports(text) if name.split(".")[0] in others]


def files(package: str) -> list[Path]:
    return sorted((ROOT / package).rglob("*.py"))


@pytest.mark.parametrize("package", SEES)
def test_a_package_imports_only_what_stands_left_of_it(package: str) -> None:
    found = {str(p.relative_to(ROOT)): wrong(package, p.read_text(encoding="utf-8")) for p in files(package)}
    assert found, f"{package} has no files"
    assert {name: lines for name, lines in found.items() if lines} == {}


def test_shapes_import_the_standard_library_only() -> None:
    import sys

    allowed = sys.stdlib_module_names | {"datasets"}
    for path in files("datasets/shapes"):
        for line, name in imports(path.read_text(encoding="utf-8")):
            assert name.split(".")[0] in allowed, f"{path.name}:{line} imports {name}"
            assert not name.startswith("datasets.") or name.startswith("datasets.shapes"), f"{path.name}:{line}: {name}"


def test_a_wrong_direction_is_found() -> None:
    assert wrong("datasets", "def f() -> None:\n    from service.cli import main\n") == [
        "line 2: service.cli",
        "line 2: service.cli.main",
    ]
    assert wrong("linked_data", "import graph_schema.schema\n") == ["line 1: graph_schema.schema"]
    assert wrong("service", "import linked_data\nimport json\n") == []


def test_no_module_shadows_a_name_that_libraries_use() -> None:
    shadowing = {"graphql.py", "types.py"}
    assert [
        str(p) for package in SEES for p in files(package) if p.name in shadowing and p.parent.name == package
    ] == []
