"""What character tests are made of: pictures, a LoRA without torch, characters without a whole studio, and files of every badness."""

from __future__ import annotations

import io
import json
import struct
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from PIL import Image, ImageDraw

from app.characters.bundle import FORMAT, MANIFEST
from app.characters.service import Characters
from app.intake import Intake
from app.video.probe_other import probe_image
from backends.adapters import AdapterShelf
from configs.errors import BadMedia
from jobs.events import EventBus
from storage import projects
from storage.artifacts import ArtifactStore
from storage.blobs import BlobStore
from storage.database import Database

RED, BLUE = "#c83232", "#2846b4"


def picture(colour: str = RED, side: int = 64) -> bytes:
    """A PNG: a disc on white."""
    image = Image.new("RGB", (side, side), "#ffffff")
    ImageDraw.Draw(image).ellipse([side // 4, side // 4, side * 3 // 4, side * 3 // 4], fill=colour)
    data = io.BytesIO()
    image.save(data, "PNG")
    return data.getvalue()


def lora(rank: int = 2, title: str = "") -> bytes:
    """A LoRA of one layer with A1111's names; zeros."""
    layer, start = "lora_unet_down_blocks_1_attentions_0_transformer_blocks_0_attn1_to_q", 0
    header: dict[str, Any] = {"__metadata__": {"ss_output_name": title, "ss_base_model_version": "sdxl_base_v1-0"}}
    for part, shape in (("lora_down", [rank, 640]), ("lora_up", [640, rank])):
        size = 2 * shape[0] * shape[1]
        header[f"{layer}.{part}.weight"] = {"dtype": "F16", "shape": shape, "data_offsets": [start, start + size]}
        start += size
    text = json.dumps(header).encode()
    return struct.pack("<Q", len(text)) + text + bytes(start)


class Desk:
    """Characters with a store and a shelf, without workers; everything lies under ``root``."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.database = Database(f"sqlite:///{root / 'studio.db'}")
        root.mkdir(parents=True, exist_ok=True)
        self.database.open()
        self.artifacts = ArtifactStore(self.database, BlobStore(root / "blobs"))
        self.intake = Intake(self.artifacts, _probe, max_bytes=8 << 20, min_free_bytes=0, default_project=projects.DEFAULT)
        self.events = EventBus()
        self.shelf = AdapterShelf(root / "adapters")
        self.characters = Characters(self.database, self.intake, self.events, self.shelf)

    def add(self, name: str = "luca.png", data: bytes | None = None) -> str:
        """A picture in the library; its id."""
        staged = self.intake.stage()
        staged.write(picture() if data is None else data)
        return self.intake.keep(staged, name, "image", None).id

    def add_lora(self, name: str, data: bytes | None = None) -> Path:
        """A LoRA in the adapters' folder."""
        path = self.shelf.own / f"{name}.safetensors"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(lora() if data is None else data)
        return path

    def images(self) -> list[str]:
        """Ids of the pictures in the library."""
        return [one.id for one in self.artifacts.page(kind="image", limit=200).items]

    def files(self) -> set[str]:
        """Every file of the adapters' folder and every one that is being received."""
        folders = (self.shelf.own, self.root / "blobs" / "incoming")
        return {path.name for folder in folders if folder.is_dir() for path in folder.rglob("*") if path.is_file()}


def _probe(path: Path, kind: str) -> dict[str, Any]:
    found = probe_image(path)
    if kind != "image":
        raise BadMedia(f"{path.name} is no {kind}.", "Give one.")
    return found.model_dump(mode="json")


def manifest(**more: Any) -> dict[str, Any]:
    """A manifest that is right, with ``more`` put over it."""
    return {"format": FORMAT, "schema_version": 1, "handle": "luca", "pack": {"title": "Luca"}, "pictures": [], "loras": [], **more}


def written(path: Path, said: Mapping[str, Any] | bytes | None, files: Mapping[str, bytes] | None = None, **options: Any) -> Path:
    """A zip with a manifest (JSON or bytes; None: none) and files."""
    with zipfile.ZipFile(path, "w", options.get("compression", zipfile.ZIP_DEFLATED)) as archive:
        if said is not None:
            archive.writestr(MANIFEST, said if isinstance(said, bytes) else json.dumps(said))
        for name, data in (files or {}).items():
            archive.writestr(name, data)
    return path
