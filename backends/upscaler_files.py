"""Upscalers that lie in a folder without a card: found on the shelf of adapters, run as a model all the same."""

from __future__ import annotations

import re

from backends.adapters import AdapterFile
from backends.base import Installed
from backends.cards import ComponentLicence, ModelCard, Source, Variant

ENGINE = "upscaler"
WORKING_BYTES = 600_000_000


def as_installed(file: AdapterFile) -> Installed:
    """The file as a model of the studio; its licence is its owner's to know."""
    plain = re.sub(r"[^a-z0-9.\-]+", "-", file.name.lower()).strip("-.") or "upscaler"
    form = Variant(
        name="fp32", files=(file.path.name,), download_bytes=0, weights_bytes=max(1, file.size_bytes), working_bytes=WORKING_BYTES
    )
    card = ModelCard(
        name=plain, title=file.title or file.name, summary="Lies in a folder of this machine.", task="upscale", engine=ENGINE,
        family=file.family, source=Source(path=str(file.path)), variants=(form,),
        licences=(ComponentLicence(component="weights", name="unknown", commercial=False, note="See where you got it."),),
    )  # fmt: skip
    return Installed(card, form, file.path, in_place=True)
