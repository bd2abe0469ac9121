"""The report: whole in itself, safe with any name, and never too heavy."""

from __future__ import annotations

import re
from collections.abc import Callable
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest

from app.video.report import to_html

H264 = ("-pix_fmt", "yuv420p")


class Page(HTMLParser):
    """Collects tags and text, and fails on tags that do not close."""

    VOID = ("meta", "img", "rect", "circle", "br", "link")

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.words: list[str] = []
        self._open: list[str] = []
        self.feed(text)
        self.close()
        assert self._open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag not in self.VOID:
            self._open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if tag not in self.VOID:
            assert self._open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.words.append(data)

    def images(self) -> list[str]:
        return [attrs["src"] or "" for tag, attrs in self.tags if tag == "img"]


@pytest.fixture
def made(clips: Callable[..., Path], analyse: Callable[..., Any]) -> tuple[Any, dict[str, str]]:
    analysis, studio = analyse(clips("plain.mp4", *H264, sound=True))
    return analysis, {name: str(a.path) for name, a in studio.artifacts.items() if a.kind == "image"}


def test_everything_is_on_the_page(made: tuple[Any, dict[str, str]]) -> None:
    analysis, pictures = made
    page = Page(to_html(analysis, pictures))
    words = " ".join(page.words)
    for expected in ("plain.mp4", "4 shots in 4.0 s", "160 × 90", "h264", "aac mono 48 kHz", "00:00:01:00", "built in, CPU"):
        assert expected in words
    sections = [attrs for tag, attrs in page.tags if tag == "section"]
    assert [s["id"] for s in sections] == ["shot-1", "shot-2", "shot-3", "shot-4"]
    assert len(page.images()) == 1 + 4 * 2 + 12


def test_it_refers_to_nothing_outside_itself(made: tuple[Any, dict[str, str]]) -> None:
    text = to_html(*made)
    page = Page(text)
    assert all(src.startswith("data:image/jpeg;base64,") for src in page.images())
    links = [attrs["href"] for tag, attrs in page.tags if attrs.get("href")]
    assert all(link and link.startswith("#shot-") for link in links)
    assert not re.search(r"https?://|url\(|@import|<script|<link|<iframe", text)


def test_names_are_escaped(made: tuple[Any, dict[str, str]]) -> None:
    analysis, pictures = made
    evil = "<script>alert(1)</script>\"'&$name${lead}.mp4"
    media = analysis.media.model_copy(update={"name": evil, "path": None})
    info = media.info.model_copy(update={"video": media.info.video.model_copy(update={"reel": "<b>reel</b>", "profile": "<i>"})})
    text = to_html(analysis.model_copy(update={"media": media.model_copy(update={"info": info}), "warnings": ["<u>careful"]}), pictures)
    assert "<script" not in text
    assert "<b>reel" not in text
    assert "<u>" not in text
    assert evil in "".join(Page(text).words)


def test_light_dark_phone_and_paper_are_thought_of(made: tuple[Any, dict[str, str]]) -> None:
    text = to_html(*made)
    for rule in ("prefers-color-scheme:dark", "@media (max-width", "@media print", 'name="viewport"', 'lang="en"'):
        assert rule in text


def test_warnings_are_shown_only_when_there_are_any(made: tuple[Any, dict[str, str]]) -> None:
    analysis, pictures = made
    assert 'class="warnings none"' in to_html(analysis, pictures)
    warned = to_html(analysis.model_copy(update={"warnings": ["Two frames are gone."]}), pictures)
    assert "Two frames are gone." in warned
    assert 'class="warnings "' in warned


def test_missing_pictures_are_left_out(made: tuple[Any, dict[str, str]]) -> None:
    analysis, pictures = made
    assert len(Page(to_html(analysis, {})).images()) == 0
    gone = dict.fromkeys(pictures, "/nowhere/at/all.jpg")
    assert len(Page(to_html(analysis, gone)).images()) == 0


def test_one_shot_is_told_as_one(clips: Callable[..., Path], analyse: Callable[..., Any]) -> None:
    analysis, studio = analyse(clips("one.mp4", *H264, graph="testsrc2=s=160x90:r=24:d=70"))
    pictures = {name: str(a.path) for name, a in studio.artifacts.items() if a.kind == "image"}
    text = to_html(analysis, pictures)
    assert "One continuous shot of 1:10." in text
    assert "Rhythm" not in text


@pytest.mark.parametrize(("scenes", "most_bytes"), [(100, 12_000_000), (1500, 15_000_000)])
def test_long_films_keep_the_page_light(made: tuple[Any, dict[str, str]], scenes: int, most_bytes: int, monkeypatch: Any) -> None:
    """Pictures are given their real cost without drawing thousands of them."""
    analysis, pictures = made
    sides: list[int] = []

    def embedded(keyframe: Any, pictures: Any, side: int) -> str:
        sides.append(side)
        return "data:image/jpeg;base64," + "A" * int(0.25 * side * side)

    monkeypatch.setattr("app.video.report._embedded", embedded)
    step = analysis.duration_s / scenes
    many = [analysis.scenes[n % 4].model_copy(update={"index": n, "start_s": n * step, "end_s": (n + 1) * step}) for n in range(scenes)]
    text = to_html(analysis.model_copy(update={"scenes": many}), pictures)
    assert len(set(sides)) <= 2
    assert len(text) < most_bytes * 3
    assert text.count("<section") == scenes
