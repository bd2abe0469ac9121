"""Every model a person can choose: the cards, what is installed of them, what is in memory, and how each would fare here."""

from __future__ import annotations

import contextlib
import difflib
import threading
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict
from typing import Any, Protocol

from app.models.forms import FitView, ForeignEntry, ModelEntry, VariantView
from app.models.hub import Hub
from app.models.library import Library, open_store
from app.models.machine import find_machine
from app.models.runtime import Wishes
from backends import fit
from backends.base import Installed
from backends.cards import ModelCard, State
from backends.foreign import ForeignFolders
from backends.registry import engine_of, load_cards
from backends.store import PART, Manifest, ModelStore, folder_bytes
from configs.errors import Conflict, NotFound, StudioError
from configs.settings import Settings
from jobs.events import EventBus

MEMORY_STATES: dict[str, State] = {"loading": "busy", "parked": "parked", "resident": "resident", "busy": "busy"}


class Memory(Protocol):
    """What the catalogue needs of the desk."""

    library: Library

    def status(self) -> dict[str, Any]:
        """What is in memory."""

    def require_unused(self, model: str) -> None:
        """Raises Conflict while a model is in use; takes it out of memory otherwise."""

    def restart(self) -> None:
        """A fresh model process, which sees newly installed libraries."""


class Catalogue:
    """The models of one studio. Thread-safe.

    Args:
        settings: where models lie and where they come from.
        memory: what is loaded, and the hooks into it.
        machine: where models would run, as it is now.
        tell: told after every change, so that pages can redraw.
    """

    def __init__(
        self, settings: Settings, memory: Memory, machine: Callable[[dict[str, Any]], fit.Machine], tell: Callable[[str], None]
    ) -> None:
        self.settings, self.memory = settings, memory
        self._machine, self._tell = machine, tell
        self._lock = threading.Lock()
        self._busy: set[str] = set()
        self._freed = threading.Event()  # never set: what waits looks again five times a second

    # -- what there is ----------------------------------------------------------------------------------------

    def store(self) -> ModelStore:
        """The store with the cards as they stand now."""
        return open_store(self.settings.data_dir, self.settings.models, self.settings.foreign_folders, self.settings.endpoints)

    def cards(self, store: ModelStore | None = None) -> dict[str, ModelCard]:
        """Name -> card: those of the files, then what was imported or lies in other programs' folders."""
        cards = load_cards(self.settings.data_dir)
        for entry in (store or self.store()).installed():
            cards.setdefault(entry.card.name, entry.card)
        return cards

    def card(self, name: str) -> ModelCard:
        """One card; raises `NotFound` with names that look alike."""
        cards = self.cards()
        if name not in cards:
            near = difflib.get_close_matches(name, cards, n=3, cutoff=0.5)
            remedy = f"Did you mean {' or '.join(near)}?" if near else "`models list` shows what there is."
            raise NotFound(f"There is no model {name!r}.", remedy, "no_model")
        return cards[name]

    def entries(self) -> list[ModelEntry]:
        """Every model, as the faces show it."""
        store = self.store()
        installed, manifests = store.installed(), dict(store.manifests())
        memory = self.memory.status()
        machine = self._machine(memory)
        seen = {model["name"]: model for model in memory["models"]}
        return [
            self._entry(card, [entry for entry in installed if entry.card.name == card.name], manifests, seen.get(card.name, {}), machine)
            for card in self.cards(store).values()
        ]

    def entry(self, name: str) -> ModelEntry:
        """One model; raises `NotFound`."""
        self.card(name)
        return next(entry for entry in self.entries() if entry.name == name)

    def foreign_files(self) -> list[ForeignEntry]:
        """Files of weights in the folders of other programs, with the model each can be used as."""
        folders = ForeignFolders(self.settings.model_folders, load_cards(self.settings.data_dir))
        models = {entry.folder: entry.card.name for entry in folders.installed()}
        return [
            ForeignEntry(
                path=str(file.path), program=file.program, kind=file.found.kind, family=file.found.family, dtype=file.dtype,
                size_bytes=file.size_bytes, model=models.get(file.path), trouble=file.trouble,
            )
            for file in folders.files()
        ]  # fmt: skip

    def machine(self) -> fit.Machine:
        """Where models would run."""
        return self._machine(self.memory.status())

    # -- what installing needs --------------------------------------------------------------------------------

    def hub(self) -> Hub:
        """Where models come from."""
        return Hub(self.settings.hub_endpoint, self.settings.hub_token)

    def wishes(self, allow_cuda: bool = False) -> Wishes:
        """How torch is to be chosen."""
        settings = self.settings
        return Wishes(settings.torch_index, settings.torch_build, settings.cuda_without_gpu or allow_cuda)

    @contextlib.contextmanager
    def changing(self, name: str, on_wait: Callable[[float, str], None] | None = None) -> Iterator[None]:
        """Marks a model as being installed or removed. While another job does that, this one waits and says so (and may be
        stopped by what ``on_wait`` raises); without ``on_wait`` it raises `Conflict`."""
        while not self._begin(name):
            if on_wait is None:
                raise Conflict(f"The model {name} is being installed or removed already.", "Wait for that job.", "installing")
            on_wait(0.0, f"waiting for another job that changes {name}")
            self._freed.wait(0.2)
        self._tell(name)
        try:
            yield
        finally:
            with self._lock:
                self._busy.discard(name)
            self.changed(name)

    def _begin(self, name: str) -> bool:
        with self._lock:
            if name in self._busy:
                return False
            self._busy.add(name)
            return True

    def changed(self, name: str) -> None:
        """Something of a model was installed or removed."""
        self.memory.library.refresh()
        self._tell(name)

    # -- one row ----------------------------------------------------------------------------------------------

    def _entry(
        self, card: ModelCard, forms: Sequence[Installed], manifests: dict[Any, Manifest], seen: dict[str, Any], machine: fit.Machine
    ) -> ModelEntry:  # fmt: skip
        here = {entry.variant.name for entry in forms}
        used = min(forms, key=lambda entry: _place(card, entry.variant.name)) if forms else None
        manifest = manifests.get(used.folder) if used is not None else None
        half = sum(folder_bytes(path) for path in (self.settings.models / card.name).glob(f"*{PART}"))
        obstacle = card.obstacle or why_unusable(card)
        return ModelEntry(
            name=card.name, title=card.title, summary=card.summary, task=card.task, engine=card.engine, family=card.family,
            state=self._state(card.name, used, seen), usable=not why_unusable(card), obstacle=obstacle,
            variants=[
                VariantView(
                    name=form.name, download_bytes=form.download_bytes, weights_bytes=form.weights_bytes, working_bytes=form.working_bytes,
                    quantise=form.quantise, installed=form.name in here, fit=FitView(**asdict(fit.fit_of(card, form, machine))),
                )
                for form in card.variants
            ],
            fit=FitView(**asdict(fit.predict(card, machine))), licences=list(card.licences), commercial=card.commercial,
            context_tokens=card.context_tokens, max_pixels=card.max_pixels, dimensions=card.dimensions, link=card.link,
            defaults=card.defaults, installed_variant=used.variant.name if used else None,
            disk_bytes=_disk_bytes(used, manifest), partial_bytes=half,
            folder=str(used.folder) if used else None, in_place=used.in_place if used else False,
            source=manifest.source if manifest else card.source.repo or card.source.package or card.source.path or "",
            revision=manifest.revision if manifest else card.source.revision, pinned=bool(seen.get("pinned")),
        )  # fmt: skip

    def _state(self, name: str, used: Installed | None, seen: dict[str, Any]) -> State:
        with self._lock:
            if name in self._busy:
                return "installing"
        if used is None:
            return "absent"
        return MEMORY_STATES.get(str(seen.get("state")), "installed")


def open_catalogue(settings: Settings, memory: Memory, events: EventBus) -> Catalogue:
    """The catalogue of a studio: predictions for this machine, a ``catalogue`` event for every change."""
    return Catalogue(
        settings, memory, lambda status: find_machine(settings, status), lambda name: events.send("", "catalogue", {"model": name})
    )


def why_unusable(card: ModelCard) -> str:
    """The sentence that keeps a card from being run by this studio; empty when nothing does."""
    try:
        engine_of(card)
    except StudioError as error:
        return error.message
    return ""


def _place(card: ModelCard, variant: str) -> int:
    names = [form.name for form in card.variants]
    return names.index(variant) if variant in names else len(names)


def _disk_bytes(used: Installed | None, manifest: Manifest | None) -> int:
    if used is None:
        return 0
    if manifest is not None:
        return manifest.size_bytes
    return (
        used.folder.stat().st_size
        if used.folder.is_file()
        else sum(path.stat().st_size for path in used.folder.rglob("*") if path.is_file())
    )
