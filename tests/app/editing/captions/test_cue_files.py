"""Subtitle files of every kind, and files that are none."""

from __future__ import annotations

import pytest

from app.editing.captions.cue_files import MOST_BYTES, read_cues
from configs.errors import BadMedia

SRT = "1\n00:00:01,000 --> 00:00:02,500\nHello <i>you</i>\n\n2\n00:00:03,000 --> 00:00:04,000\nTwo\nlines\n"
VTT = "WEBVTT\n\nNOTE a note\n\n00:01.000 --> 00:02.500 align:start\nHello <b>you</b>\n\n00:03.000 --> 00:04.000\nTwo\nlines\n"
ASS = (
    "[Script Info]\nScriptType: v4.00+\n\n[V4+ Styles]\nFormat: Name, Fontname\nStyle: Default,Arial\n\n[Events]\n"
    "Format: Layer, Start, End, Style, Name, MarginL, MarginR, MarginV, Effect, Text\n"
    "Dialogue: 0,0:00:01.00,0:00:02.50,Default,,0,0,0,,{\\an8\\b1}Hello {\\i1}you\n"
    "Comment: 0,0:00:01.00,0:00:02.50,Default,,0,0,0,,not shown\n"
    "Dialogue: 0,0:00:03.00,0:00:04.00,Default,,0,0,0,,Two\\Nlines\n"
)


@pytest.mark.parametrize(("name", "text"), [("a.srt", SRT), ("a.vtt", VTT), ("a.ass", ASS)])
def test_times_and_words_come_without_formatting(tmp_path, name, text):
    path = tmp_path / name
    path.write_text(text, encoding="utf-8")
    assert [tuple(cue) for cue in read_cues(path)] == [(1.0, 2.5, "Hello you"), (3.0, 4.0, "Two\nlines")]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
def test_the_usual_encodings_are_read(tmp_path, encoding):
    path = tmp_path / "a.srt"
    path.write_bytes("1\n00:00:00,000 --> 00:00:01,000\nGrüße, Café\n".encode(encoding))
    assert read_cues(path)[0].text == "Grüße, Café"


def test_cues_without_length_or_words_are_left_out_and_the_rest_sorted(tmp_path):
    path = tmp_path / "a.srt"
    path.write_text(
        "1\n00:00:05,000 --> 00:00:06,000\nlater\n\n2\n00:00:01,000 --> 00:00:02,000\nsooner\n\n3\n00:00:03,000 --> 00:00:03,000\nnever\n"
    )
    assert [cue.text for cue in read_cues(path)] == ["sooner", "later"]


@pytest.mark.parametrize("data", [b"", b"hello, no times here", b"\x00\x01\x02\xff\xfe" * 50, b"[Script Info]\n", b"WEBVTT\n"])
def test_what_is_no_subtitle_file_is_refused_in_one_sentence(tmp_path, data):
    path = tmp_path / "bad.srt"
    path.write_bytes(data)
    with pytest.raises(BadMedia, match=r"'bad\.srt'"):
        read_cues(path)


def test_missing_and_huge_files_are_refused(tmp_path):
    with pytest.raises(BadMedia, match="cannot be read"):
        read_cues(tmp_path / "gone.srt")
    huge = tmp_path / "huge.srt"
    with huge.open("wb") as file:
        file.truncate(MOST_BYTES + 1)
    with pytest.raises(BadMedia, match="too large"):
        read_cues(huge)
