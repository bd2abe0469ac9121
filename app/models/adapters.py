"""What every face shows of the adapters on this machine."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import quote

from pydantic import Field

from app.models.forms import Form
from backends.adapters import AdapterFile, AdapterShelf, searched
from configs.errors import NotFound


class AdapterEntry(Form):
    """A LoRA, ControlNet, IP-Adapter, embedding, VAE or upscaler."""

    name: str = Field(description="What requests call it.")
    kind: str
    title: str
    family: str = Field(description="The models it fits: sdxl, flux2 ...; empty where the file does not tell.")
    triggers: list[str] = Field(description="Words that wake it.")
    metadata: dict[str, str] = Field(description="What its maker wrote.")
    controls: list[str] = Field(description="Of a ControlNet: the kinds of maps it understands; empty where nothing tells.")
    size_bytes: int
    preview: str | None = Field(description="Address of its picture, where it has one.")
    path: str
    program: str = Field(description="Whose folder it lies in; empty for the studio's own.")
    card: str = Field(description="The installed model that it is; empty for a file.")
    trouble: str = Field(description="Why it cannot be used; empty when it can.")


class AdapterList(Form):
    """Those that were asked for, and where a person puts more."""

    items: list[AdapterEntry]
    folder: str = Field(description="The studio's own; whatever lies there is found.")


def entry_of(file: AdapterFile) -> AdapterEntry:
    """One of the shelf."""
    return AdapterEntry(
        name=file.name, kind=file.kind, title=file.title, family=file.family, triggers=list(file.triggers), metadata=dict(file.metadata),
        controls=list(file.controls), size_bytes=file.size_bytes, path=str(file.path), program=file.program, card=file.card,
        trouble=file.trouble, preview=None if file.preview is None else f"/api/adapters/{file.kind}/{quote(file.name)}/preview",
    )  # fmt: skip


def list_adapters(shelf: AdapterShelf, kind: str | None = None, query: str = "") -> AdapterList:
    """Of a kind, with every word of the query in name, title or triggers."""
    return AdapterList(items=[entry_of(file) for file in searched(shelf.all(kind), query)], folder=str(shelf.own))


def preview_of(shelf: AdapterShelf, kind: str, name: str) -> Path:
    """Its picture; raises NotFound when there is none."""
    file = next((one for one in shelf.all(kind) if one.name == name), None)
    if file is None or file.preview is None or not file.preview.is_file():
        raise NotFound(f"There is no picture of the {kind} {name!r}.", f"Put {name.rpartition('/')[2]}.preview.png beside its file.")
    return file.preview
