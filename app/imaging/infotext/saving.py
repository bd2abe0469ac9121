"""Writes a picture with its settings: A1111's text for every program that reads it, and our own JSON with everything."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from app.imaging.infotext.pngs import SIGNATURE, chunk, chunks_of, text_chunk
from app.imaging.infotext.wording import infotext
from configs.errors import BadMedia

if TYPE_CHECKING:
    from PIL.Image import Image

PARAMETERS, OURS = "parameters", "animation-ai-studio"  # keywords of the two chunks
_TEXTS = (b"tEXt", b"zTXt", b"iTXt")


def save_png(image: Image, path: Path, picture: Mapping[str, Any]) -> None:
    """A PNG at ``path`` that tells how it was made; whole or not at all.

    Args:
        picture: JSON, the same that the artifact keeps as ``meta["picture"]``. Its keys: ``request``, the whole `GenerateImage` as it
            was prepared (restoring needs it); ``seed``, of this very picture; ``width`` and ``height`` of the result, px; ``prompt`` and
            ``negative``, as the model got them; ``loras``, as ``[{name, weight, text_weight, hash}]``; ``model``, ``model_hash``
            (SHA-256, hexadecimal), ``revision``, ``licence``, ``engine``; and whatever else is worth keeping. What it leaves out of
            prompt, negative, steps, guidance, sampler, schedule, clip_skip, strength, loras and model is taken from ``request``.
    """
    from PIL.PngImagePlugin import PngInfo

    info = PngInfo()
    for kind, data in _chunks(picture):
        info.add(kind, data)
    staged = path.with_name(path.name + ".part")
    try:
        image.save(staged, "PNG", pnginfo=info)
        os.replace(staged, path)
    finally:
        staged.unlink(missing_ok=True)


def embed(path_in: Path, path_out: Path, picture: Mapping[str, Any]) -> None:
    """The same for a PNG that is there already: its pixels stay as they are, byte for byte. ``path_out`` may be ``path_in``.

    Raises:
        BadMedia: it is no PNG, or it is cut off.
    """
    data = path_in.read_bytes()
    found = list(chunks_of(data))
    if not found or found[0].kind != b"IHDR" or found[-1].kind != b"IEND":
        raise BadMedia(f"{path_in.name!r} is not a whole PNG.", "Give a PNG file.")
    kept = [one for one in found[1:] if not (one.kind in _TEXTS and one.data.partition(b"\0")[0] in (PARAMETERS.encode(), OURS.encode()))]
    added = b"".join(chunk(kind, body) for kind, body in _chunks(picture))
    staged = path_out.with_name(path_out.name + ".part")
    try:
        staged.write_bytes(SIGNATURE + chunk(found[0].kind, found[0].data) + added + b"".join(chunk(one.kind, one.data) for one in kept))
        os.replace(staged, path_out)
    finally:
        staged.unlink(missing_ok=True)


def _chunks(picture: Mapping[str, Any]) -> list[tuple[bytes, bytes]]:
    text = json.dumps(picture, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "replace").decode()
    return [text_chunk(PARAMETERS, infotext(picture)), text_chunk(OURS, text)]
