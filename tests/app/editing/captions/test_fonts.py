"""Which fonts there are, and which has a character."""

from __future__ import annotations

from pathlib import Path

import pytest

from app.editing.captions import fonts


def test_the_studio_brings_its_own():
    assert {face.family for face in fonts.bundled()} == {"Anton", "Inter", "Noto Emoji", "Noto Sans Arabic", "Noto Sans Hebrew"}
    assert fonts.families()[0] == "Anton"
    licences = {path.name for path in (fonts.FONTS_DIR / "licences").iterdir()}
    assert len(licences) == 5
    assert all("Open Font License" in (fonts.FONTS_DIR / "licences" / name).read_text() for name in licences)


@pytest.mark.parametrize("family", ["Inter", "inter", "  INTER ", "Noto  Emoji"])
def test_a_family_is_known_however_it_is_written(family):
    assert fonts.known(family)


def test_one_that_is_not_there_has_names_close_to_it():
    assert not fonts.known("Antonn Display")
    assert "Anton" in fonts.close("Antonn")
    assert "Noto Emoji" in fonts.close("noto emojis")
    assert 1 <= len(fonts.close("Zzyzx 3000")) <= 3
    assert fonts.close("")


@pytest.mark.parametrize(
    ("character", "family"), [("A", "Anton"), ("Я", "Inter"), ("ש", "Noto Sans Hebrew"), ("ع", "Noto Sans Arabic"), ("😂", "Noto Emoji")]
)
def test_a_character_finds_its_font(character, family):
    face = fonts.face_with(character, fonts.face_of("Anton", bold=False))
    assert face is not None
    assert face.family == family


def test_a_character_of_no_font_has_none():
    assert fonts.face_with("\U000e0fff", fonts.face_of("Inter", bold=True)) is None


def test_a_family_that_is_not_there_gives_ours():
    assert fonts.face_of("No Such Family", bold=True).family == "Inter"
    assert fonts.is_bold(fonts.face_of("Inter", bold=True))


def test_every_system_keeps_them_somewhere():
    assert Path("/usr/share/fonts") in fonts.font_folders("linux", Path("/home/x"))
    assert Path("/home/x/Library/Fonts") in fonts.font_folders("darwin", Path("/home/x"))
    assert any("Fonts" in str(path) for path in fonts.font_folders("win32", Path("/home/x")))


def test_a_folder_of_anything_is_read_without_trouble(tmp_path):
    (tmp_path / "broken.ttf").write_bytes(b"\x00\x01\x00\x00" + bytes(40))
    (tmp_path / "text.otf").write_text("not a font")
    (tmp_path / "empty.ttc").touch()
    found = list(fonts._files([tmp_path, tmp_path / "missing"]))
    assert len(found) == 3
    assert [fonts._readable(path) for path in found] == [None, None, None]
    assert fonts.coverage(tmp_path / "broken.ttf") == frozenset()


def test_the_machine_is_searched_only_for_what_is_not_ours(monkeypatch):
    monkeypatch.setattr(fonts, "installed", lambda: pytest.fail("searched"))
    fonts._by_family.cache_clear()
    assert fonts.known("Anton")
    assert fonts.face_of("Inter", bold=True).family == "Inter"
