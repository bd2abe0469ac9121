"""Files that join a model: LoRAs, ControlNets, IP-Adapters, upscalers ..., found in folders and told apart by their tensors."""

from __future__ import annotations

import difflib
import threading
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import chain, count
from pathlib import Path, PurePosixPath

from backends.adapter_cache import FactCache
from backends.adapter_files import KINDS, Place, places
from backends.base import Installed
from backends.checkpoint import PICKLE_REASON, PICKLE_REMEDY
from backends.control_branches import BRANCHES, named_kinds
from backends.foreign import program_of
from configs.errors import BadInput, BadMedia, NotFound

CARD_TASKS = {"controlnet": "controlnet", "ip-adapter": "ip-adapter", "upscale": "upscaler"}  # task of an installed card -> kind
OURS = ""  # the program of what lies in the studio's own folder


@dataclass(frozen=True)
class AdapterFile:
    """One adapter.

    Attributes:
        name: unique among its kind; the file's name without its ending, with its folder where two share it.
        kind: one of `KINDS`.
        path: the file, or the folder of an installed card.
        family: sdxl, flux2 ...; "" where the file does not tell.
        triggers: words that wake it: those its maker names, then the tags it was trained with, the most frequent first.
        metadata: what its maker wrote into it, as far as it is worth showing.
        preview: a picture beside it.
        program: whose folder it lies in; "" for the studio's own.
        controls: of a ControlNet: the kinds of maps it understands; empty where nothing tells.
        card: name of the installed model that it is; "" for a file.
        trouble: why it cannot be used, in one sentence; empty when it can.
    """

    name: str
    kind: str
    path: Path
    size_bytes: int
    family: str = ""
    title: str = ""
    triggers: tuple[str, ...] = ()
    metadata: Mapping[str, str] = field(default_factory=dict)
    preview: Path | None = None
    program: str = ""
    controls: tuple[str, ...] = ()
    card: str = ""
    trouble: str = ""


Cards = Callable[[], Iterable[Installed]]


class AdapterShelf:
    """Every adapter in the studio's own folder and in those of other programs; what was read of a file is kept while it stays the same.

    Thread-safe.

    Args:
        own: ``<models>/adapters``: whatever lies there, in any folder.
        folders: of other programs, see `backends.foreign`.
        cards: what is installed; ControlNets, IP-Adapters and upscalers among it stand on the shelf as well.
        cache: a file in which what was read is kept, so that the next process need not read it again; None: memory alone.
    """

    def __init__(self, own: Path, folders: Sequence[Path] = (), cards: Cards = lambda: (), cache: Path | None = None) -> None:
        self.own, self.folders, self._cards = own, tuple(folders), cards
        self._facts = FactCache(cache)
        self._lock = threading.Lock()

    def all(self, kind: str | None = None) -> list[AdapterFile]:
        """By name; those that cannot be used as well, with their trouble."""
        with self._lock:
            found = self._files()
        named = _named(found)
        kept = [one for one in named + _of_cards(self._cards(), named) if kind in (None, one.kind)]
        return sorted(kept, key=lambda one: (KINDS.index(one.kind), one.name.lower(), one.name))

    def find(self, kind: str, name: str) -> AdapterFile:
        """A usable one; raises NotFound naming the nearest, BadMedia when the file is damaged or a pickle."""
        listed = self.all(kind)
        found = _match(listed, kind, name)
        if found is None:
            raise self._missing(kind, name, [one.name for one in listed])
        if found.trouble:
            raise _refusal(found)
        return found

    def _missing(self, kind: str, name: str, names: list[str]) -> NotFound:
        lowered = {one.lower(): one for one in names}
        near = difflib.get_close_matches(name.lower(), lowered, 1, 0.5)
        put = f"Put its .safetensors file into {self.own}, or bring it in with `models import FILE`."
        remedy = f"Did you mean {lowered[near[0]]!r}?" if near else f"`adapters {kind}` lists those there are." if names else put
        return NotFound(f"There is no {_word(kind)} named {name!r}.", remedy, "no_adapter")

    def _files(self) -> list[tuple[AdapterFile, Place]]:
        found: list[tuple[AdapterFile, Place]] = []
        seen: set[Path] = set()
        for root in (self.own, *self.folders):
            ours = root == self.own
            program = OURS if ours else program_of(root)
            if program == "hub cache" or not root.is_dir():
                continue
            for place in places(root):
                facts = self._facts.of(place, ours)
                if not facts["kind"] or place.path in seen:
                    continue
                seen.add(place.path)
                found.append((_file(place, facts, program), place))
        self._facts.keep()
        return found


def _refusal(found: AdapterFile) -> BadMedia:
    if PICKLE_REASON in found.trouble:
        return BadMedia(found.trouble, PICKLE_REMEDY, "pickle")
    if "format" in found.metadata:
        return BadMedia(found.trouble, "Use a LoRA, LoCon, LoHa or LoKr of it.", "lora_format")
    if any(word in found.trouble for word in ("whole safetensors", "cut short", "cannot be read")):
        return BadMedia(found.trouble, "Download it again.", "damaged")
    return BadMedia(found.trouble, "Choose another.", "unusable_adapter")


def usable(files: Iterable[AdapterFile], family: str, control: str = "") -> list[AdapterFile]:
    """Those that fit a model's family (a file that does not tell its family may fit), and of ControlNets a kind of map: the ones that are
    made for it first, Union models after them, those of which nothing is known last."""
    fits = [one for one in files if not one.trouble and family and one.family in ("", family)]
    if control:
        fits = [one for one in fits if not one.controls or control in one.controls]
        fits.sort(key=lambda one: (len(one.controls) or 100, one.family == "", one.name.lower()))
    return fits


def searched(files: Iterable[AdapterFile], query: str) -> list[AdapterFile]:
    """Those with every word of a query in name, title, triggers or family, in any case of letters."""
    words = query.lower().split()
    said = ((one, " ".join((one.name, one.title, one.family, *one.triggers)).lower()) for one in files)
    return [one for one, text in said if all(word in text for word in words)]


def _file(place: Place, facts: Mapping[str, object], program: str) -> AdapterFile:
    whole = facts["kind"] == "controlnet" and place.has_config and not facts["trouble"]
    given: dict[str, object] = {**facts, "triggers": tuple(facts["triggers"]), "controls": tuple(facts["controls"])}  # type: ignore[arg-type]
    return AdapterFile(
        name=place.plain_name, path=place.path.parent if whole else place.path, size_bytes=place.mark[0], preview=place.preview,
        program=program, **given,  # type: ignore[arg-type]
    )  # fmt: skip


def _named(found: Sequence[tuple[AdapterFile, Place]]) -> list[AdapterFile]:
    """Names made unique: with the folder inside the root, then with the root's name, then numbered."""
    shared = Counter((one.kind, one.name.lower()) for one, _ in found)
    taken: set[tuple[str, str]] = set()
    named = []
    for one, place in found:
        name = one.name
        if shared[one.kind, name.lower()] > 1:
            inside = PurePosixPath(*place.path.parent.relative_to(place.root).parts)
            folder = inside.parent if name == place.path.parent.name and name != place.path.stem else inside
            name = name if folder == PurePosixPath() else f"{folder}/{name}"
        tries = chain((name, f"{place.root.name}/{name}"), (f"{name} ({number})" for number in count(2)))
        name = next(attempt for attempt in tries if (one.kind, attempt.lower()) not in taken)
        taken.add((one.kind, name.lower()))
        named.append(replace(one, name=name))
    return named


def _of_cards(installed: Iterable[Installed], files: Sequence[AdapterFile]) -> list[AdapterFile]:
    """Installed models that join others; what lies in another program's folder stands here as a file already."""
    known, taken = {one.path for one in files}, {(one.kind, one.name.lower()) for one in files}
    made: dict[str, AdapterFile] = {}
    for entry in installed:
        card, kind = entry.card, CARD_TASKS.get(entry.card.task)
        if kind is None or entry.folder in known or card.name in made:
            continue
        said = str(card.defaults.get("controls", ""))
        controls = tuple(BRANCHES) if said == "union" else tuple(said.split()) or named_kinds(card.name)
        name = f"{card.name} (installed)" if (kind, card.name) in taken else card.name
        made[card.name] = AdapterFile(
            name=name, kind=kind, path=entry.folder, size_bytes=entry.variant.weights_bytes, family=card.family, title=card.title,
            metadata={"licence": ", ".join(dict.fromkeys(licence.name for licence in card.licences))},
            controls=controls if kind == "controlnet" else (), card=card.name,
        )  # fmt: skip
    return list(made.values())


def _match(listed: Sequence[AdapterFile], kind: str, name: str) -> AdapterFile | None:
    """By name, in any case of letters; then by the name without folders, where only one has it, else the studio's own."""
    wanted = name.removesuffix(".safetensors")
    alike = [one for one in listed if one.name.lower() == wanted.lower()]
    if alike:
        return next((one for one in alike if one.name == wanted), alike[0])
    short = [one for one in listed if one.name.lower().rpartition("/")[2] == wanted.lower()]
    ours = [one for one in short if one.program == OURS] if len(short) > 1 else short
    if len(short) > 1 and len(ours) != 1:
        names = ", ".join(repr(one.name) for one in short[:4])
        raise BadInput(f"{len(short)} {_word(kind)}s are called {name!r}.", f"Say which: {names}.", "ambiguous_adapter")
    return ours[0] if ours else None


def _word(kind: str) -> str:
    return {"lora": "LoRA", "controlnet": "ControlNet", "ip-adapter": "IP-Adapter", "vae": "VAE"}.get(kind, kind)


__all__ = ["KINDS", "AdapterFile", "AdapterShelf", "searched", "usable"]
