"""Characters without a whole studio."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.app.characters.packs import Desk


@pytest.fixture
def open_desk(tmp_path: Path) -> Iterator[Callable[[str], Desk]]:
    """`open_desk(name)` -> characters in a folder of their own."""
    opened: list[Desk] = []

    def make(name: str) -> Desk:
        opened.append(Desk(tmp_path / name))
        return opened[-1]

    yield make
    for desk in opened:
        desk.database.close()


@pytest.fixture
def desk(open_desk: Callable[[str], Desk]) -> Desk:
    """One of them."""
    return open_desk("one")
