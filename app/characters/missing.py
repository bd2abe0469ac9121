"""What packs name and the studio does not have (any more)."""

from __future__ import annotations

from app.characters.pack import Missing, Pack
from backends.adapters import AdapterShelf
from configs.errors import StudioError
from storage.artifacts import ArtifactStore

_REMEDY = "Take it out of the pack, or give another picture."


class Gaps:
    """Looks at the folders of adapters once, however many packs are looked through; make a new one each time.

    Args:
        adapters: None: LoRAs are not looked for.
    """

    def __init__(self, artifacts: ArtifactStore, adapters: AdapterShelf | None) -> None:
        self._artifacts, self._adapters = artifacts, adapters
        self._there: set[str] | None = None

    def of(self, pack: Pack) -> list[Missing]:
        """Pictures that were deleted or moved, LoRAs that are not on the shelf or cannot be used."""
        pictures = [("reference", one) for one in pack.references] + ([("sheet", pack.sheet)] if pack.sheet else [])
        found = [self._picture(what, one) for what, one in pictures] + [self._lora(use.name) for use in pack.loras]
        return [gap for gap in found if gap is not None]

    def _picture(self, what: str, artifact_id: str) -> Missing | None:
        try:
            self._artifacts.require_file(self._artifacts.get(artifact_id))
        except StudioError as error:
            return Missing.model_validate({"what": what, "name": artifact_id, "message": error.message, "remedy": _REMEDY})
        return None

    def _lora(self, name: str) -> Missing | None:
        if self._adapters is None:
            return None
        if self._there is None:
            self._there = {one.name for one in self._adapters.all("lora") if not one.trouble}
        if name in self._there:
            return None
        try:
            self._adapters.find("lora", name)  # by another spelling; or it says what is wrong
        except StudioError as error:
            return Missing(what="lora", name=name, message=error.message, remedy=error.remedy)
        return None
