"""Random valid plans with every operation: every writer writes them, every reader reads them, and the cuts agree."""

from __future__ import annotations

import io
from xml.etree import ElementTree as ET

import opentimelineio as otio
import pycmx
import pysubs2
import pytest

from app.editing.check import compile_plan
from app.editing.exports import FORMATS, export
from app.editing.exports.layout import rows
from app.editing.exports.otio_reading import from_otio
from app.editing.timeline import Timeline
from tests.app.editing.exports.test_fcpxml import Read
from tests.app.editing.random_plans import random_plan, synthetic_facts

SEEDS = range(60)


def film(seed: int) -> Timeline:
    facts = synthetic_facts()
    return compile_plan(random_plan(seed, facts), facts)


@pytest.mark.parametrize("seed", SEEDS)
def test_every_format_can_be_written_and_read(seed: int) -> None:
    timeline = film(seed)
    made = {name: export(timeline, name)[0].text for name in FORMATS}
    assert from_otio(made["otio"]) == timeline.plan
    read = otio.adapters.read_from_string(made["otio"], "otio_json")
    assert round(read.tracks[0].duration().to_seconds() * timeline.rate) == timeline.frames
    for name in ("fcpxml", "premiere", "kdenlive"):
        ET.fromstring(made[name])
    pysubs2.SSAFile.from_string(made["srt"], "srt")
    edits = [edit for event in pycmx.parse_cmx3600(io.StringIO(made["edl"])).events for edit in event.edits]
    assert sum(edit.record_in != edit.record_out for edit in edits) == sum(len(row.without_overlap()) for row in rows(timeline))


@pytest.mark.parametrize("seed", SEEDS)
def test_the_pieces_of_every_row_show_what_the_renderer_shows(seed: int) -> None:
    for row in rows(film(seed)):
        assert sum(piece.frames for piece in row.pieces) == row.clip.frames
        for piece in row.pieces:
            at = piece.begins - row.clip.begins
            ends = (row.clip.source_frame(at), row.clip.source_frame(at + piece.frames - 1))
            assert piece.first <= min(ends) <= max(ends) < piece.end


@pytest.mark.parametrize("seed", SEEDS)
def test_fcpxml_lies_end_to_end_and_shows_the_frames(seed: int) -> None:
    timeline = film(seed)
    read = Read(ET.fromstring(export(timeline, "fcpxml")[0].text))
    spans = [read.film_frames(element) for element in read.clips]
    assert [begins for begins, _ in spans[1:]] == [end for _, end in spans[:-1]]
    for clip, (begins, end) in zip(timeline.clips, spans, strict=True):
        steps = max(abs(stretch.step) for stretch in clip.stretches)
        backwards = any(stretch.step < 0 for stretch in clip.stretches)
        for frame in range(begins, end):
            name, found = read.shows(frame)
            assert name == clip.source.name
            assert abs(found - clip.source_frame(frame - clip.begins)) <= (steps + 1 if backwards else 1)


def test_what_random_plans_lose_is_in_the_plan() -> None:
    for seed in SEEDS:
        timeline = film(seed)
        for name in FORMATS:
            for lost in export(timeline, name)[0].lost:
                assert lost.path.startswith("$")
                if lost.row is not None:
                    assert timeline.plan.segments[lost.row - 1].id == lost.segment
                    assert timeline.plan.segments[lost.row - 1].approved
