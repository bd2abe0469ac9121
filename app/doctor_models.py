"""What the doctor says of models: the build of torch beside card and driver, and what is installed."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path

from app.doctor_findings import Finding
from app.models import builds, gpus
from configs.errors import StudioError
from configs.settings import Settings

INSTALL = "python3 launch.py models install all-minilm-l6-v2"
GIB = 2**30


def examine_torch(version: str | None) -> Finding:
    """The build that is here, beside what card and driver want."""
    return judge_torch(version, gpus.find(), sys.platform)


def judge_torch(version: str | None, cards: Sequence[builds.Gpu], platform: str) -> Finding:
    """None yet is fine; a CPU build beside a GPU, or a build that does not know the card, is not."""
    try:
        wanted = builds.candidates(cards, platform)
    except StudioError as error:
        return Finding("Torch", "bad", error.message, "sudo ubuntu-drivers install")
    if version is None:
        return Finding("Torch", "ok", f"Not installed yet; it comes with the first model that needs it ({wanted[0]} build).")
    build = version.partition("+")[2]
    redo = f"{sys.executable} -m pip uninstall -y torch && {INSTALL}"
    if cards and build == "cpu":
        return Finding("Torch", "warn", f"torch {version} computes on the processor although there is {cards[0].name}.", redo)
    if cards and build.startswith("cu") and build not in wanted:
        return Finding("Torch", "warn", f"torch {version} may not know {cards[0].name}, which wants {' or '.join(wanted)}.", redo)
    return Finding("Torch", "ok", f"torch {version}" + (f" for {cards[0].name}." if cards else " for the processor."))


def examine_models(settings: Settings) -> Finding:
    """How many models are here, in whose folders, and what they take."""
    from app.models.library import open_store

    store = open_store(settings.data_dir, settings.models, settings.foreign_folders)
    own = [manifest.size_bytes for _, manifest in store.manifests()]
    theirs = {entry.card.name for entry in store.installed() if entry.in_place}
    return judge_models(settings.models, own, len(theirs), [folder for folder in settings.model_folders if not folder.is_dir()])


def judge_models(folder: Path, own: Sequence[int], theirs: int, absent: Sequence[Path]) -> Finding:
    """A folder that is named and not there is worth a word; no model at all is fine."""
    if absent:
        return Finding("Models", "warn", f"{absent[0]}, named in model_folders, is not there.", "Mend model_folders in configs/local.yaml")
    others = f"; {theirs} more in folders of other programs" if theirs else ""
    if not own:
        return Finding("Models", "ok", f"None installed yet{others}; `models list` shows what there is.")
    return Finding("Models", "ok", f"{len(own)} installed, {sum(own) / GIB:.1f} GiB in {folder}{others}.")
