"""Characters as commands reach them: in this process, or in a running studio; every value is in the HTTP shape."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol
from urllib.parse import quote, urlencode

from pydantic import ValidationError

from app.cast import plain_handle
from app.characters.pack import Pack, checked_handle
from app.file_form import FileForm
from app.validation import as_bad_input
from configs.errors import BadMedia

if TYPE_CHECKING:
    from app.studio import Studio

Json = dict[str, Any]
PAGE = 200
Ask = Callable[[str, str, Any], Any]  # (method, path, body) -> the answer's JSON
Open = Callable[[str, str, Any], AbstractContextManager[Any]]  # the same -> the answer itself, while it is open


class CharacterDesk(Protocol):
    """What commands need of characters."""

    def all(self, query: str = "") -> list[Json]:
        """Every character, or those of whom ``query`` is a part, the newest first."""

    def get(self, handle: str) -> Json:
        """One of them."""

    def create(self, handle: str, pack: Mapping[str, Any]) -> Json:
        """A new one."""

    def change(self, handle: str, pack: Mapping[str, Any], revision: int, renamed: str | None = None) -> Json:
        """Replaces the whole pack."""

    def remove(self, handle: str) -> None:
        """Forgets one."""

    def export(self, handle: str, target: Path, *, loras: bool) -> None:
        """Writes one into a file, which must not exist."""

    def take(self, path: Path, *, handle: str | None, replace: bool) -> Json:
        """Takes one in from its file; with ``remarks``."""


class LocalCharacters:
    """Those of the studio in this process."""

    def __init__(self, studio: Studio) -> None:
        self._characters = studio.characters

    def all(self, query: str = "") -> list[Json]:
        """See `CharacterDesk`."""
        found, before = self._characters.page(query=query, limit=PAGE)
        while before is not None:
            more, before = self._characters.page(query=query, limit=PAGE, before=before)
            found += more
        return [one.model_dump(mode="json") for one in found]

    def get(self, handle: str) -> Json:
        """See `CharacterDesk`."""
        return self._characters.get(handle).model_dump(mode="json")

    def create(self, handle: str, pack: Mapping[str, Any]) -> Json:
        """See `CharacterDesk`."""
        return self._characters.create(checked_handle(handle), _read(pack)).model_dump(mode="json")

    def change(self, handle: str, pack: Mapping[str, Any], revision: int, renamed: str | None = None) -> Json:
        """See `CharacterDesk`."""
        new = checked_handle(renamed) if renamed else None
        return self._characters.change(handle, _read(pack), revision, new).model_dump(mode="json")

    def remove(self, handle: str) -> None:
        """See `CharacterDesk`."""
        self._characters.remove(handle)

    def export(self, handle: str, target: Path, *, loras: bool) -> None:
        """See `CharacterDesk`."""
        self._characters.export(handle, target, loras=loras)

    def take(self, path: Path, *, handle: str | None, replace: bool) -> Json:
        """See `CharacterDesk`."""
        _require_file(path)
        found, remarks = self._characters.take(path, path.name, handle=handle, replace=replace)
        return {**found.model_dump(mode="json"), "remarks": remarks}


class RemoteCharacters:
    """Those of a running studio."""

    def __init__(self, ask: Ask, opened: Open) -> None:
        self._ask, self._open = ask, opened

    def all(self, query: str = "") -> list[Json]:
        """See `CharacterDesk`."""
        found: list[Json] = []
        page: Json = {"next_before": None}
        while not found or page["next_before"] is not None:
            more = {"before": page["next_before"]} if page["next_before"] is not None else {}
            page = self._ask("GET", f"/api/characters?{urlencode({'q': query, 'limit': PAGE, **more})}", None)
            found += page["items"]
            if not page["items"]:
                break
        return found

    def get(self, handle: str) -> Json:
        """See `CharacterDesk`."""
        return dict(self._ask("GET", _address(handle), None))

    def create(self, handle: str, pack: Mapping[str, Any]) -> Json:
        """See `CharacterDesk`."""
        return dict(self._ask("POST", "/api/characters", {**pack, "handle": handle}))

    def change(self, handle: str, pack: Mapping[str, Any], revision: int, renamed: str | None = None) -> Json:
        """See `CharacterDesk`."""
        return dict(self._ask("PUT", _address(handle), {**pack, "revision": revision, "handle": renamed}))

    def remove(self, handle: str) -> None:
        """See `CharacterDesk`."""
        with self._open("DELETE", _address(handle), None):
            pass

    def export(self, handle: str, target: Path, *, loras: bool) -> None:
        """See `CharacterDesk`."""
        with self._open("GET", f"{_address(handle)}/export?loras={str(loras).lower()}", None) as answer, target.open("xb") as copy:
            shutil.copyfileobj(answer, copy, 1 << 20)

    def take(self, path: Path, *, handle: str | None, replace: bool) -> Json:
        """See `CharacterDesk`."""
        _require_file(path)
        fields = {**({"handle": handle} if handle else {}), **({"replace": "true"} if replace else {})}
        return dict(self._ask("POST", "/api/characters/import", FileForm(path, fields)))


def _address(handle: str) -> str:
    return f"/api/characters/{quote(plain_handle(handle), safe='')}"


def _require_file(path: Path) -> None:
    if not path.is_file():
        raise BadMedia(f"There is no file {path}.", "Give the path of a .character file.")


def _read(pack: Mapping[str, Any]) -> Pack:
    try:
        return Pack.model_validate(dict(pack))
    except ValidationError as error:
        raise as_bad_input(error.errors(), "character") from None
