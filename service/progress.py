"""How far long work has got: a moving display on a terminal, nothing elsewhere."""

from __future__ import annotations

import sys
from types import TracebackType
from typing import Self

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, SpinnerColumn, TaskID, TextColumn, TimeElapsedColumn
from rich.progress import Progress as Display


class Progress:
    """Told of each step by whoever works: `progress(step, done, total)`; without a total only the number is shown."""

    def __init__(self, title: str) -> None:
        """`title` says what is being done, before the name of each step."""
        self._title = title
        self._tasks: dict[str, TaskID] = {}
        self._display: Display | None = None
        if sys.stderr.isatty():
            columns = (
                SpinnerColumn(finished_text="✓"),
                TextColumn("{task.description}"),
                BarColumn(bar_width=24),
                MofNCompleteColumn(),
                TimeElapsedColumn(),
            )
            self._display = Display(*columns, console=Console(stderr=True))

    def __enter__(self) -> Self:
        if self._display:
            self._display.start()
        return self

    def __call__(self, step: str, done: int = 0, total: int | None = None) -> None:
        """Show how far a step is."""
        if self._display is None:
            return
        if step not in self._tasks:
            self._finish()
            self._tasks[step] = self._display.add_task(f"{self._title}: {step}", total=None)
        self._display.update(self._tasks[step], completed=done, total=total)

    def _finish(self) -> None:
        """Mark what came before as done."""
        if self._display is None:
            return
        for task in self._display.tasks:
            if not task.finished:
                self._display.update(task.id, completed=task.completed or 1, total=task.completed or 1)

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._display:
            if kind is None:
                self._finish()
            self._display.stop()
