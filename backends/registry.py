"""THE table of engines, and the model cards they run. To add an engine: write its file, name it here."""

from __future__ import annotations

import importlib
import importlib.util
from collections.abc import Mapping, Sequence
from pathlib import Path

from pydantic import ValidationError

from backends.base import Device, Engine, EngineKind, Installed, Maker
from backends.cards import ModelCard
from configs.errors import BadInput, Unavailable
from configs.models_file import CardEntry, files, read_cards


def _from(module: str, name: str) -> Maker:
    """A maker that imports its engine when it is first needed."""

    def make(installed: Installed, device: Device) -> Engine:
        made: Engine = getattr(importlib.import_module(module), name)(installed, device)
        return made

    return make


TORCH = ("torch", "transformers")
SENTENCES = (*TORCH, "sentence_transformers")
ENGINES: tuple[EngineKind, ...] = (
    EngineKind("transformers-chat", ("chat",), _from("backends.transformers_chat", "TransformersChat"), TORCH, concurrency=4),
    EngineKind("transformers-vision", ("vision-chat",), _from("backends.transformers_vision", "TransformersVision"), TORCH, concurrency=2),
    EngineKind("sentence-embeddings", ("embedding",), _from("backends.sentence_embeddings", "SentenceEmbeddings"), SENTENCES),
    EngineKind("diffusers-adapter", ("controlnet", "ip-adapter"), _from("backends.joined", "refuse"), ("torch", "diffusers")),
    EngineKind("transnet", ("detection",), _from("backends.transnet", "TransNetShots"), ("torch", "safetensors")),
    EngineKind("dinov2", ("image-features",), _from("backends.dinov2", "Dinov2Features"), TORCH),
    EngineKind("depth-anything", ("depth",), _from("backends.depth_anything", "DepthAnything"), TORCH),
    EngineKind("vitmatte", ("matting",), _from("backends.vitmatte", "VitMatte"), TORCH),
    EngineKind("birefnet", ("matting",), _from("backends.birefnet", "BiRefNet"), ("torch", "safetensors")),
    EngineKind("upscaler", ("upscale",), _from("backends.upscaler", "Upscaler"), ("torch", "safetensors", "einops", "spandrel")),
    EngineKind("diffusers-image", ("image",), _from("backends.diffusion.engine", "DiffusersImage"), (*TORCH, "diffusers")),
    EngineKind(
        "openai-endpoint", ("chat", "vision-chat", "embedding"), _from("backends.openai_endpoint", "OpenAIEndpoint"), concurrency=16,
        own_process=True,
    ),
    EngineKind("vllm", ("chat", "vision-chat"), _from("backends.vllm_server", "VllmServer"), concurrency=32, own_process=True),
)  # fmt: skip


def engine_of(card: ModelCard, engines: Sequence[EngineKind] | None = None) -> EngineKind:
    """The engine that runs a card.

    Raises:
        Unavailable: this studio has no engine of that name, or it does not do what the card is for.
    """
    table = {kind.name: kind for kind in (ENGINES if engines is None else engines)}
    kind = table.get(card.engine)
    if kind is None:
        known = ", ".join(table) or "none"
        raise Unavailable(
            f"{card.title} needs the engine {card.engine!r}, which this studio does not have.", f"Engines: {known}.", "no_engine"
        )
    if card.task not in kind.tasks:
        raise Unavailable(
            f"The engine {kind.name!r} of {card.title} does not do {card.task}.", f"It does: {', '.join(kind.tasks)}.", "no_engine"
        )
    return kind


def make_engine(kind: EngineKind, installed: Installed, device: Device) -> Engine:
    """A model's engine, not loaded yet.

    Raises:
        Unavailable: the libraries that it runs on are not installed.
    """
    absent = [name for name in kind.needs if importlib.util.find_spec(name) is None]
    if absent:
        said = f"{installed.card.title} needs {', '.join(absent)}, which {'is' if len(absent) == 1 else 'are'} not installed."
        raise Unavailable(said, f"Run: python3 launch.py models install {installed.card.name}", "no_libraries")
    return kind.make(installed, device)


def load_cards(data_dir: Path | None = None, paths: Sequence[Path] | None = None) -> dict[str, ModelCard]:
    """Name -> card: the presets, and the person's own from `models.local.yaml` (beside them, or in the data folder).

    Raises:
        BadInput: a card is wrong; the sentence names the file, the card and the field.
    """
    cards: dict[str, ModelCard] = {}
    for path in files(data_dir) if paths is None else paths:
        cards.update(_cards_of(path))
    return cards


_READ: dict[Path, tuple[tuple[int, int], dict[str, ModelCard]]] = {}


def _cards_of(path: Path) -> dict[str, ModelCard]:
    """The cards of one file, read again only when it changes: YAML takes long to read, and faces ask often."""
    try:
        stat = path.stat()
    except OSError:
        return {}
    mark = (stat.st_mtime_ns, stat.st_size)
    known = _READ.get(path)
    if known is None or known[0] != mark:
        known = _READ[path] = (mark, _parse_file(path))
    return known[1]


def _parse_file(path: Path) -> dict[str, ModelCard]:
    found: dict[str, tuple[int, ModelCard]] = {}
    for entry in read_cards([path]):
        card = parse_card(entry)
        first, _ = found.setdefault(card.name, (entry.position, card))
        if first != entry.position:
            raise BadInput(f"{entry.file} has two cards named {card.name!r} (numbers {first} and {entry.position}).", "Rename one of them.")
    return {name: card for name, (_, card) in found.items()}


def parse_card(entry: CardEntry) -> ModelCard:
    """The card of an entry; raises `BadInput` naming the file, the card and the field."""
    try:
        return ModelCard.model_validate(entry.values)
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        field = ".".join(str(part) for part in first["loc"])
        where = f"{entry.place}, field {field!r}" if field else entry.place
        raise BadInput(f"{where}: {_reason(first)}.", f"Mend it in {entry.file.name}.") from None


def _reason(detail: Mapping[str, object]) -> str:
    said = str(detail["msg"]).removeprefix("Value error, ")
    if detail["type"] == "missing":
        return "it is missing"
    if detail["type"] == "extra_forbidden":
        return "there is no such field"
    return f"{said[:1].lower()}{said[1:]}, not {detail['input']!r}" if detail["type"] != "value_error" else said
