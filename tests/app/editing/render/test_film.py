"""Parts of clips become a film: cuts, transitions, the film's own operations."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from app.editing.facts import SourceFacts
from app.editing.render.film import Span, has_picture, parts_of
from tests.app.editing.barcode import read_numbers
from tests.app.editing.render.conftest import Studio, planned, segment, timeline_of

Numbered = Callable[..., SourceFacts]


def test_parts_of_a_span(numbered: Numbered) -> None:
    timeline = timeline_of(numbered(), segment(0, 1), segment(1, 2), segment(2, 3))
    found = [(timeline.clips.index(part.clip), part.begin, part.end) for part in parts_of(timeline, Span(12, 50))]
    assert found == [(0, 12, 24), (1, 0, 24), (2, 0, 2)]


def test_a_transition_leaves_every_other_frame_alone(numbered: Numbered, studio: Studio) -> None:
    timeline = timeline_of(numbered(), segment(0, 2), segment(2, 4, {"op": "transition", "kind": "wipe_left", "duration_s": 0.5}))
    found, wanted = read_numbers(studio.render(timeline).path), planned(timeline)
    assert len(found) == 84
    assert found[:36] == wanted[:36]
    assert found[48:] == wanted[48:]
    assert found[36] == 36, "it begins with the clip before"


def test_the_films_operations_know_where_they_are(numbered: Numbered, studio: Studio) -> None:
    """Only the second piece is rendered anew, and its fade is where it belongs."""
    import av

    fade = {"op": "fade", "out_s": 0.5}
    rows = (segment(0, 1), segment(2, 3), segment(3, 4))
    whole = studio.render(timeline_of(numbered(), *rows, film=(fade,), quality="draft"))
    changed = studio.render(timeline_of(numbered(), rows[0], segment(1, 2), rows[2], film=(fade,), quality="draft"))
    assert changed.reused == 2
    with av.open(str(changed.path)) as container:
        light = [float(frame.to_ndarray(format="gray").mean()) for frame in container.decode(video=0)]
    assert min(light[1:60]) > 20
    assert light[-1] < 6
    assert len(light) == whole.frames


def test_what_says_nothing_of_pictures(numbered: Numbered) -> None:
    timeline = timeline_of(numbered(), segment(0, 1, {"op": "speed", "factor": 2}, {"op": "volume"}, {"op": "grade"}))
    assert [has_picture(operation) for operation in timeline.clips[0].segment.operations] == [False, False, True]


def test_words_and_layers_do_not_make_it_longer(numbered: Numbered, studio: Studio, tmp_path: Path) -> None:
    over = {"op": "picture_in_picture", "source": "b", "at_s": 0.5}
    sources = {"a": numbered(), "b": numbered("b.mp4", frames=240)}
    words = {"op": "text", "text": "the end: [out]; 'quoted' \\ %{n}"}
    timeline = timeline_of(sources, segment(0, 1, over), segment(1, 2), film=(words, {"op": "fade", "in_s": 3}), quality="draft")
    assert len(read_numbers(studio.render(timeline).path)) == 48
