"""Subtitles, read back by pysubs2."""

from __future__ import annotations

from pathlib import Path

import pysubs2

from app.editing.exports import export
from tests.app.editing.exports import films


def test_words_come_at_their_times_on_the_film() -> None:
    timeline = films.film(
        films.ntsc(),
        segments=[
            films.cut(0, 2), films.cut(3, 6, {"op": "text", "text": "One\r\n\r\ntwo", "at_s": 1, "duration_s": 1}),
            films.cut(7, 9, {"op": "subtitles", "cues": [{"start_s": 0, "end_s": 0.5, "text": "three --> four"}]}),
        ],
        film=[{"op": "text", "text": "😀 سلام", "at_s": 0.5, "duration_s": 60}],
    )  # fmt: skip
    read = pysubs2.SSAFile.from_string(export(timeline, "srt")[0].text, "srt")
    assert [(line.start, line.end, line.plaintext) for line in read] == [
        (501, 7007, "😀 سلام"), (3003, 4004, "One\ntwo"), (5005, 5506, "three → four"),
    ]  # fmt: skip


def test_words_of_a_file_are_among_them(tmp_path: Path) -> None:
    words = tmp_path / "words.srt"
    words.write_text("1\n00:00:01,000 --> 00:00:02,000\nFrom a file\n", encoding="utf-8")
    timeline = films.film(films.video("a"), segments=[films.cut(0, 5)], film=[{"op": "subtitles", "file": "a-words"}])
    text = export(timeline, "srt", files={"a-words": words})[0].text
    assert text == "1\n00:00:01,000 --> 00:00:02,000\nFrom a file\n"


def test_a_film_without_words_gives_an_empty_file() -> None:
    assert export(films.plain(), "srt")[0].text == ""
