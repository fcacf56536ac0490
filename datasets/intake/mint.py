"""Minting: ids for memberships, parties, figures and officials that have none yet, written into the files themselves.

An id is made from what the row says when it is minted, so that two people who mint the same rows get the same ids, and
is never derived again: a correction of the row keeps it.
"""

from __future__ import annotations

import hashlib
import io
import os
from pathlib import Path

from datasets.intake.facts import Folder, read
from datasets.intake.files import replace
from datasets.intake.sheet import Places, Reading, Sheet
from datasets.shapes import Shapes

_LETTERS = "0123456789abcdefghijklmnopqrstuvwxyz"
_LENGTH = 6


def mint(folder: Path, shapes: Shapes) -> dict[str, int]:
    """Give an id to every row without one, of the entities whose ids are minted; how many, by file.

    Every row gets an id of its own: rows of several sources about one record need the same id, given to them by hand.
    Each file is replaced in one step and keeps all else byte for byte. Raises BadFacts where a file cannot be read,
    PermissionError where it cannot be written, NotADirectoryError where there is no such folder.
    """
    facts = read(folder, shapes)
    minted = {}
    for sheet in facts.sheets:
        if sheet.entity is not None and sheet.entity.mint:
            number = _mint(facts, sheet, sheet.entity.mint)
            if number:
                minted[sheet.file] = number
    return minted


def _mint(facts: Folder, sheet: Sheet, letter: str) -> int:
    path = facts.path / sheet.file
    reading = Reading(facts.path, sheet)
    at = reading.at[sheet.keys[0]]
    taken = {redirect.id for redirect in facts.redirects or ()}
    without: list[tuple[int, list[str]]] = []
    for line, record, cells in reading:
        if record:
            taken.add(record)
        else:
            without.append((line, cells))
    if not without:
        return 0
    if not os.access(path, os.W_OK):
        raise PermissionError(13, "the file cannot be written", str(path))
    data = path.read_bytes()
    mark = b"\xef\xbb\xbf" if data.startswith(b"\xef\xbb\xbf") else b""
    lines = list(io.StringIO(data.decode("utf-8-sig"), newline=""))
    places = Places(path)
    for line, cells in without:
        number, column = places.of(line, at)
        id = new_id(letter, cells, taken)
        taken.add(id)
        text = lines[number - 1]
        rest = text[column - 1 :].removeprefix('""')
        lines[number - 1] = text[: column - 1] + id + rest
    replace(path, mark + "".join(lines).encode("utf-8"))
    return len(without)


def new_id(letter: str, cells: list[str], taken: set[str]) -> str:
    """The letter and six letters or digits, made from the cells of a row; the first that is not taken."""
    attempt = 0
    while True:
        digest = hashlib.sha256("\x1f".join([letter, *cells, str(attempt)]).encode()).digest()
        number = int.from_bytes(digest[:8], "big")
        characters = []
        for _ in range(_LENGTH):
            number, place = divmod(number, len(_LETTERS))
            characters.append(_LETTERS[place])
        id = f"{letter}-{''.join(characters)}"
        if id not in taken:
            return id
        attempt += 1
