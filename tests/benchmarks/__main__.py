"""`python -m tests.benchmarks` runs every benchmark, one after the other; `… PART [ARGUMENTS]` runs one of them.

A benchmark is a module or package in this package that can be run itself; the first sentence of its docstring says what it measures.
"""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).parent
HELPERS = {"__init__", "__main__", "clients", "facts", "floor", "load", "world"}


def parts() -> dict[str, str]:
    """The benchmarks by name, each with what it measures."""
    found = {}
    for path in sorted((*HERE.glob("*.py"), *HERE.glob("*/__main__.py"))):
        name = path.stem if path.parent == HERE else path.parent.name
        if name not in HELPERS:
            doc = ast.get_docstring(ast.parse(path.read_text(encoding="utf-8"))) or ""
            found[name] = doc.splitlines()[0] if doc else ""
    return found


def main(arguments: list[str]) -> int:
    """Run what is asked for, in processes of its own; 1 when one fails, 2 for an unknown part."""
    known = parts()
    names = "\n".join(f"  {name:12} {doc}" for name, doc in known.items())
    if arguments == ["help"]:
        print(f"`make benchmark` runs all of these, `make benchmark ARGS=NAME` one:\n{names}")
        return 0
    if arguments and arguments[0] not in known:
        print(f"there is no benchmark {arguments[0]!r}; there are:\n{names}", file=sys.stderr)
        return 2
    runs = [arguments] if arguments else [[name] for name in known]
    failed = 0
    for name, *rest in runs:
        print(f"\n== {name}: {known[name]}", flush=True)
        failed |= subprocess.run([sys.executable, "-m", f"tests.benchmarks.{name}", *rest], check=False).returncode != 0
    return int(failed)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
