"""Makes the room of the gpu worker from what the studio tells it at the start."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pydantic import BaseModel, ConfigDict

from backends.adapters import AdapterShelf
from backends.base import Installed
from configs.endpoints import Endpoint
from configs.errors import NotFound
from jobs.services import Tell

if TYPE_CHECKING:
    from app.models.library import Library
    from backends.room import Room
    from backends.store import ModelStore

ADAPTERS = "adapters"  # below the studio's own models
SEEN = "adapters.json"  # below the cache folder: what was read of them


class StartData(BaseModel):
    """What a gpu worker is told right after its hello."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    data_dir: str
    models: str
    folders: tuple[str, ...] = ()
    device: str = "auto"
    device_bytes: int | None = None
    host_bytes: int | None = None
    keep_alive_s: float | None = None
    learned: tuple[dict[str, Any], ...] = ()
    endpoints: tuple[Endpoint, ...] = ()


def make_shelf(data: Any) -> AdapterShelf:
    """What joins models, where the studio said it lies."""
    from app.models.library import Library, open_store

    told = StartData.model_validate(data)
    data_dir, models, folders = Path(told.data_dir), Path(told.models), tuple(Path(folder) for folder in told.folders)
    library = Library(lambda: open_store(data_dir, models, folders))
    return shelf_of(data_dir, models, folders, library)


def shelf_of(data_dir: Path, models: Path, folders: Sequence[Path], library: Library) -> AdapterShelf:
    """What joins the models of a library."""
    return AdapterShelf(models / ADAPTERS, folders, library.installed, data_dir / "cache" / SEEN)


def find_model(store: ModelStore, shelf: AdapterShelf, name: str) -> Installed:
    """An installed model, or an upscaler that lies in a folder without a card; raises what the store says when there is neither."""
    from backends.upscaler_files import as_installed

    try:
        return store.find(name)
    except NotFound as unknown:
        try:
            return as_installed(shelf.find("upscaler", name))
        except NotFound:
            raise unknown from None


def make_room(data: Any, tell: Tell) -> Room:
    """A room over everything that is installed, with what was learned before."""
    from app.models.library import open_store
    from backends.devices import find_device
    from backends.registry import ENGINES
    from backends.room import Limits, Room

    told = StartData.model_validate(data)
    folders = tuple(Path(folder) for folder in told.folders)

    shelf = make_shelf(data)

    def find(name: str) -> Any:
        # Anew: something may have been installed since.
        return find_model(open_store(Path(told.data_dir), Path(told.models), folders, told.endpoints), shelf, name)

    return Room(
        {kind.name: kind for kind in ENGINES}, find, device=find_device(told.device),
        limits=Limits(told.device_bytes, told.host_bytes, told.keep_alive_s), learned=told.learned,
        on_change=lambda status: tell("models", status), on_observe=lambda seen: tell("learned", seen),
        on_restart=lambda reason: tell("restart", reason),
    )  # fmt: skip
