"""What all tests share: the small world, and what happens where something that a test needs is missing.

A test that needs a tool of the system says `@pytest.mark.needs("rapper", "raptor2-utils")`: command and package. Where
the command is missing, the test is skipped, and the end of the run lists what to install. With REQUIRE_ALL=1, as in
CI, every skip is a failure.
"""

from __future__ import annotations

import os
import shutil
from pathlib import Path
from typing import TYPE_CHECKING, cast

import pytest
from hypothesis import settings

if TYPE_CHECKING:
    from collections.abc import Generator

REQUIRE_ALL = os.environ.get("REQUIRE_ALL") == "1"
NOT_OURS = "../shared/"
"""Other people's suites stand beside a checkout, or do not; nobody can install them, so a skip for them is no failure."""

settings.register_profile("untimed", deadline=None)
settings.load_profile("untimed")  # how long an example takes says how busy the machine is


@pytest.fixture(scope="session")
def world() -> Path:
    """The folder of the small world: facts that every test may read and none may change."""
    return Path(__file__).parent / "world"


def pytest_runtest_setup(item: pytest.Item) -> None:
    """Skip a test whose tool is missing."""
    for mark in item.iter_markers("needs"):
        command, package = mark.args
        if shutil.which(command) is None:
            pytest.skip(f"{command} is missing; install {package}")


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Let a skip fail where all tests are required."""
    report = yield
    if REQUIRE_ALL and report.skipped and not hasattr(report, "wasxfail") and not reason(report).startswith(NOT_OURS):
        report.outcome = "failed"
        report.longrepr = f"{item.nodeid}: skipped, and REQUIRE_ALL=1 allows no skip: {reason(report)}"
    return report


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report() -> Generator[None, pytest.CollectReport, pytest.CollectReport]:
    """Let a file that skips itself fail where all tests are required."""
    report = yield
    if REQUIRE_ALL and report.skipped:
        report.outcome = "failed"
        report.longrepr = f"{report.nodeid}: skipped, and REQUIRE_ALL=1 allows no skip: {reason(report)}"
    return report


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """List what was not tested and what to install."""
    reports = cast("list[pytest.TestReport]", terminalreporter.stats.get("skipped", []))
    why: dict[str, int] = {}
    for report in reports:
        why[reason(report)] = why.get(reason(report), 0) + 1
    if why:
        terminalreporter.section("not tested on this machine")
        for text, count in sorted(why.items()):
            terminalreporter.line(f"{count:4} x {text}")
        terminalreporter.line("`bash .ci/run` as root installs what it can and runs everything.")


def reason(report: pytest.TestReport | pytest.CollectReport) -> str:
    """Why a report says that something was skipped."""
    if isinstance(report.longrepr, tuple):
        return report.longrepr[2].removeprefix("Skipped: ")
    return str(report.longrepr)
