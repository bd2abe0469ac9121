"""Filter graphs: what is written is what ffmpeg reads, whatever a value holds."""

from __future__ import annotations

import subprocess
from fractions import Fraction
from typing import Any

import pytest

from app.editing.graph import Graph, Pad, described, in_turn

NASTY = ("a:b", "it's", "back\\slash", "[in]", "a,b;c", "x=y", "%{pts}", "semi;colon:and'all\\of[them],", "שלום 🎬", "\\'", "'", "a b")


def test_pads_are_numbered_and_filters_joined() -> None:
    graph = Graph()
    source = Pad(f"{graph.input('-i', 'a.mp4')}:v")
    first, second = graph.filters("split", [source], 2)
    out = graph.filter("overlay", [first, second], x=3, eof_action="pass")
    assert graph.text() == "[0:v]split[p0][p1];\n[p0][p1]overlay=x=3:eof_action=pass[p2]"
    assert out == Pad("p2")
    assert graph.filters("nullsink", [out], 0) == ()
    assert graph.input("-ss", "1", "-i", "b.mp4") == 1
    assert graph.input_arguments() == ["-i", "a.mp4", "-ss", "1", "-i", "b.mp4"]


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (True, "1"), (False, "0"), (3, "3"), (0.5, "0.5"), (1.0, "1"), (0.0, "0"), (1e-12, "0"), (Fraction(30000, 1001), "30000/1001"),
        (Fraction(4), "4"), ("plain", "plain"), (-2.25, "-2.25"),
    ],
)  # fmt: skip
def test_values_as_text(value: Any, text: str) -> None:
    assert described("x", a=value) == f"x=a={text}"


def test_options_named_as_words_of_python() -> None:
    assert described("f", if_="a", n=1) == "f=if=a:n=1"


@pytest.mark.parametrize("name", ["", "Scale", "scale=1", "a b", "x;y", "[in]", "9a"])
def test_names_are_plain_words(name: str) -> None:
    with pytest.raises(ValueError, match="no name"):
        described(name)
    if name:
        with pytest.raises(ValueError, match="no name"):
            described("scale", **{name: 1})


@pytest.mark.parametrize("value", NASTY)
def test_ffmpeg_reads_back_what_was_written(value: str, ffmpeg_exe: str) -> None:
    graph = Graph()
    pad = Pad(f"{graph.input('-f', 'lavfi', '-i', 'color=s=16x16:d=0.04')}:v")
    pad = graph.filter("metadata", [pad], mode="add", key="said", value=value)
    pad = graph.filter("metadata", [pad], mode="print", file="-")
    command = [ffmpeg_exe, "-nostdin", "-v", "error", *graph.input_arguments(), "-filter_complex", graph.text(), "-map", f"[{pad.label}]"]
    done = subprocess.run([*command, "-f", "null", "-"], capture_output=True, stdin=subprocess.DEVNULL, timeout=30, check=False)
    assert done.returncode == 0, done.stderr.decode()
    assert f"said={value}\n" in done.stdout.decode()


def test_pads_in_turn() -> None:
    graph = Graph()
    assert in_turn(graph, [Pad("a")], Fraction(25)) == Pad("a")
    assert graph.chains == []
    in_turn(graph, [Pad("a"), Pad("b")], Fraction(30000, 1001))
    assert graph.chains[0] == "[a][b]concat=n=2:v=1:a=0[p0]"
    assert graph.chains[-1] == "[p2]fps=fps=30000/1001[p3]"
