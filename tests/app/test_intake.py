"""Media coming in: whole and probed, or not at all."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from app.intake import Intake, Upload, clean_name
from configs.errors import BadInput, BadMedia, TooLarge, Unavailable
from storage.artifacts import ArtifactStore
from storage.blobs import BlobStore
from storage.database import Database
from storage.records import Artifact


class Bench:
    """An intake whose probe accepts what begins with `film`."""

    def __init__(self, folder: Path, **limits: int) -> None:
        self.database = Database(f"sqlite:///{folder / 'studio.db'}")
        self.database.open()
        self.artifacts = ArtifactStore(self.database, BlobStore(folder / "blobs"))
        options = {"max_bytes": 100, "min_free_bytes": 0, **limits}
        self.intake = Intake(self.artifacts, self.probe, default_project="default", **options)
        self.probed: list[Path] = []

    def probe(self, path: Path, kind: str) -> dict[str, Any]:
        self.probed.append(path)
        if not path.read_bytes().startswith(b"film"):
            raise BadMedia(f"'{path.name}' is not a video.", "Give a video.")
        return {"fps": 24}

    def send(self, data: bytes, name: str = "clip.mp4", **more: Any) -> Artifact:
        with Upload(self.intake, name) as upload:
            upload.write(data)
            return upload.finish(**more)

    def leftovers(self) -> list[Path]:
        root = self.artifacts.blobs.root
        return [p for p in root.rglob("*") if p.is_file()]


@pytest.fixture
def bench(tmp_path: Path) -> Bench:
    return Bench(tmp_path)


def test_a_good_upload_keeps_its_name_and_what_was_found(bench: Bench) -> None:
    artifact = bench.send(b"film 1", "C:\\films\\Büro clip.mp4")
    assert (artifact.name, artifact.kind, artifact.role, artifact.external) == ("Büro clip.mp4", "video", "source", False)
    assert artifact.meta == {"probe": {"fps": 24}}
    assert artifact.path.read_bytes() == b"film 1"


def test_the_same_upload_is_the_same_artifact_and_is_probed_once(bench: Bench) -> None:
    assert bench.send(b"film 1").id == bench.send(b"film 1").id
    assert len(bench.probed) == 1
    assert bench.send(b"film 1", "other.mp4").id != bench.send(b"film 1").id


def test_bad_media_leaves_nothing_and_is_called_by_its_own_name(bench: Bench) -> None:
    with pytest.raises(BadMedia, match=r"'letter\.mp4' is not a video"):
        bench.send(b"Dear aunt", "letter.mp4")
    assert bench.leftovers() == []
    assert bench.artifacts.page().items == ()


def test_too_much_is_refused_at_once(bench: Bench) -> None:
    with Upload(bench.intake, "long.mp4") as upload:
        upload.write(b"film" + b"x" * 90)
        with pytest.raises(TooLarge, match="100 bytes"):
            upload.write(b"x" * 10)
    assert bench.leftovers() == []


def test_an_upload_broken_off_leaves_nothing(bench: Bench) -> None:
    def break_off() -> None:
        with Upload(bench.intake, "clip.mp4") as upload:
            upload.write(b"film")
            raise ConnectionError

    with pytest.raises(ConnectionError):
        break_off()
    assert bench.leftovers() == []


def test_other_kinds_are_refused_before_they_are_kept(bench: Bench) -> None:
    with pytest.raises(BadInput, match="'hologram'"):
        bench.send(b"film", kind="hologram")
    assert bench.leftovers() == []


def test_a_full_disk_is_said_before_anything_is_written(tmp_path: Path) -> None:
    with pytest.raises(Unavailable) as caught:
        Bench(tmp_path, min_free_bytes=2**60).send(b"film")
    assert caught.value.code == "disk_full"


def test_a_path_is_referred_to_not_copied(bench: Bench, tmp_path: Path) -> None:
    path = tmp_path / "film.mp4"
    path.write_bytes(b"film 1")
    artifact = bench.intake.add_path(path, "video", None)
    assert (artifact.path, artifact.external) == (path, True)
    assert bench.intake.add_path(str(path), "video", None).id == artifact.id
    assert len(bench.probed) == 1
    assert bench.leftovers() == []


@pytest.mark.parametrize("path", ["", "  ", "a\0b"])
def test_what_is_no_path_is_said_so(bench: Bench, path: str) -> None:
    with pytest.raises(BadMedia, match="is not a path"):
        bench.intake.add_path(path, "video", None)


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("clip.mp4", "clip.mp4"), ("../../etc/passwd", "passwd"), ("..\\x.mp4", "x.mp4"), ("", "unnamed"), ("...", "unnamed"),
        ("a\x00b\n.mp4", "ab.mp4"), ("😀 кот.mov", "😀 кот.mov"), ("'\"; rm -rf.mp4", "'\"; rm -rf.mp4"),
    ],
)  # fmt: skip
def test_names_are_cleaned(given: str, kept: str) -> None:
    assert clean_name(given) == kept


def test_a_long_name_keeps_its_ending() -> None:
    cleaned = clean_name("x" * 500 + ".mp4")
    assert len(cleaned) == 200
    assert cleaned.endswith(".mp4")


def test_what_has_come_may_be_read_and_goes_when_the_block_ends(bench: Bench) -> None:
    with Upload(bench.intake, "luca.character") as upload:
        upload.write(b"zip")
        path = upload.received()
        assert path.read_bytes() == b"zip"
    assert bench.leftovers() == []
    assert bench.probed == []
