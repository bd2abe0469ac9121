"""Models that are on this machine already: a folder as the hub has it, or one checkpoint, taken into the studio's own folder."""

from __future__ import annotations

import shutil
import time
from pathlib import Path

from app.capability import capability
from app.models.adapter_import import adapter_at, take_adapter
from app.models.bringing import bring
from app.models.catalogue import Catalogue
from app.models.forms import ImportModel, InstalledModel
from app.models.install import require_licence
from app.models.room import ADAPTERS
from backends.cards import ComponentLicence, ModelCard, Source, Variant
from backends.folder_kinds import Found, describe
from backends.foreign import slug
from backends.patterns import choose, unmet
from backends.store import FileRecord, Manifest, hash_file
from configs.errors import BadInput, Conflict
from jobs.context import JobContext


@capability("model.import", lane="io", title="Import a model", engine="this machine", owner_only=True)
def import_model(request: ImportModel, job: JobContext) -> InstalledModel:
    """Takes a folder or a single .safetensors file of this machine in as a model; what is given stays where it is.

    LoRAs, ControlNets, IP-Adapters, embeddings, VAEs and upscalers go into the folder of adapters, with the notes and picture beside them.

    On the same disk no bytes are copied. Pickles are refused. What nobody says a licence of counts as not commercial.
    """
    catalogue: Catalogue = job.part("catalogue")
    path = Path(request.path).expanduser()
    if not path.is_absolute():
        raise BadInput(f"{request.path} is no whole path.", "Give it from the root on, such as /home/me/models/this.safetensors.")
    adapter = adapter_at(path) if request.card is None else None
    if adapter is not None:
        return take_adapter(path, adapter, request.name, catalogue.settings.models / ADAPTERS, catalogue.settings.min_free_bytes, job)
    found = describe(path)
    card, form = _card_for(request, path, found, catalogue)
    with catalogue.changing(card.name):
        return _take_in(path, found, card, form, request, catalogue, job)


def _card_for(request: ImportModel, path: Path, found: Found, catalogue: Catalogue) -> tuple[ModelCard, Variant]:
    if request.card is None:
        card = new_card(request.name or slug(path.stem if path.is_file() else path.name), path, found)
        if card.name in catalogue.cards() and catalogue.card(card.name).source.path is None:
            raise Conflict(f"There is a model named {card.name} already.", "Give another name, or `card` if these are its files.")
        return card, card.variant()
    card = catalogue.card(request.card)
    require_licence(card, accepted=request.accept_licence)
    for form in card.variants:
        if form.quantise is None and not unmet(found.files, form.files) and found.task == card.task:
            return card, form
    raise BadInput(f"{path} does not have the files of {card.title}.", "Leave `card` out to import it by itself.", "other_model")


def new_card(name: str, path: Path, found: Found) -> ModelCard:
    """The card of a model that came without one."""
    form = Variant(
        name=found.dtype, files=found.files, download_bytes=0, weights_bytes=max(1, found.weights_bytes), working_bytes=found.working_bytes
    )
    return ModelCard(
        name=name, title=path.stem if path.is_file() else path.name, summary="Imported from this machine.", task=found.task,
        engine=found.engine, family=found.family, source=Source(path=str(path)), variants=(form,),
        licences=(ComponentLicence(component="weights", name="unknown", commercial=False, note="See where you got it."),),
        context_tokens=found.context_tokens, dimensions=found.dimensions, max_pixels=found.max_pixels,
    )  # fmt: skip


def _take_in(
    path: Path, found: Found, card: ModelCard, form: Variant, request: ImportModel, catalogue: Catalogue, job: JobContext
) -> InstalledModel:  # fmt: skip
    store = catalogue.store()
    part = store.part(card, form)
    shutil.rmtree(part, ignore_errors=True)
    part.mkdir(parents=True)
    root = path.parent if path.is_file() else path
    names = found.files if request.card is None else choose(found.files, form.files)
    total = max(1, sum((root / name).stat().st_size for name in names))
    try:
        records, done = [], 0
        for name in names:
            records.append(_one(root / name, part / name, name, job, done, total, catalogue))
            done += records[-1].size_bytes
        manifest = Manifest(
            card=card, variant=form.name, origin="import", source=str(path), files=tuple(records),
            licence_accepted=request.accept_licence, installed_at=time.time(),
        )  # fmt: skip
        made = store.commit(part, manifest)
    except BaseException:
        shutil.rmtree(part, ignore_errors=True)
        raise
    return InstalledModel(
        model=card.name, variant=form.name, folder=str(made.folder), size_bytes=manifest.size_bytes, downloaded_bytes=0, revision="",
        source=str(path), licences=list(card.licences),
    )  # fmt: skip


def _one(source: Path, target: Path, name: str, job: JobContext, done: int, total: int, catalogue: Catalogue) -> FileRecord:
    size = bring(source, target, name, catalogue.settings.min_free_bytes, job)
    sha256 = hash_file(target, lambda count: job.progress((done + count) / total, f"reading {name}"))
    return FileRecord(path=name, size_bytes=size, sha256=sha256)
