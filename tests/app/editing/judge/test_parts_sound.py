"""Loudness, clipping, silence, pacing."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from app.editing.judge import parts_sound
from app.editing.judge.evidence import Asked, Evidence
from app.video.analysers.sound import TimeSpan


def sounding(evidence: Evidence, **changes: Any) -> Evidence:
    """With other figures of the sound: ``integrated_lufs``, ``true_peak_dbtp``, ``silence``, ``beats_s``."""
    sound = evidence.film.sound
    assert sound is not None
    loud = {name: changes[name] for name in ("integrated_lufs", "true_peak_dbtp") if name in changes}
    made: dict[str, Any] = {"loudness": sound.loudness.model_copy(update=loud)}
    if "silence" in changes:
        made["silence"] = [TimeSpan(start_s=a, end_s=b) for a, b in changes["silence"]]
    if "beats_s" in changes:
        made["rhythm"] = sound.rhythm.model_copy(update={"beats_s": changes["beats_s"]})
    return replace(evidence, film=evidence.film.model_copy(update={"sound": sound.model_copy(update=made)}))


@pytest.mark.parametrize(("lufs", "score"), [(-14.0, 1.0), (-18.0, 1.0), (-28.0, 0.5), (-6.0, 0.8), (-70.0, 0.0)])
def test_loudness(alone: Evidence, lufs: float, score: float) -> None:
    found = parts_sound.loudness(sounding(alone, integrated_lufs=lufs, silence=[]))
    assert found.part.score == pytest.approx(score, abs=0.01)
    assert bool(found.issues) == (score < 1)


def test_the_planned_loudness_is_the_target(evidence: Evidence) -> None:
    assert evidence.expected is not None
    quiet = replace(sounding(evidence, integrated_lufs=-24.0, silence=[]), expected=replace(evidence.expected, target_lufs=-24.0))
    assert parts_sound.loudness(quiet).part.score == 1.0


def test_silence_counts_unless_it_is_planned(evidence: Evidence) -> None:
    assert evidence.expected is not None
    quiet = sounding(evidence, integrated_lufs=-14.0, silence=[(1.0, 3.0)])
    found = parts_sound.loudness(quiet)
    assert found.part.score is not None
    assert found.part.score < 1
    assert ("silence", 1.0, 3.0) in [(one.code, one.at_s, one.end_s) for one in found.issues]
    silent = {**evidence.expected.flags, "silent": np.ones(len(evidence.expected), bool)}
    assert parts_sound.loudness(replace(quiet, expected=replace(evidence.expected, flags=silent))).part.score == 1.0


def test_sound_that_was_lost(evidence: Evidence, alone: Evidence) -> None:
    lost = replace(evidence, film=evidence.film.model_copy(update={"sound": None}))
    assert parts_sound.loudness(lost).part.score == 0.0
    mute = replace(alone, film=alone.film.model_copy(update={"sound": None}))
    assert parts_sound.loudness(mute).part.score is None
    assert parts_sound.clipping(mute).part.score is None


@pytest.mark.parametrize(
    ("share", "peak", "lowest", "highest"), [(0, -1, 1, 1), (1e-3, 0.2, 0.4, 0.7), (0.1, 0.4, 0.0, 0.15), (0, 4.5, 0, 0)]
)
def test_clipping(alone: Evidence, share: float, peak: float, lowest: float, highest: float) -> None:
    full = np.full(len(alone.trace.full), share, np.float32)
    found = parts_sound.clipping(sounding(replace(alone, trace=replace(alone.trace, full=full)), true_peak_dbtp=float(peak)))
    assert found.part.score is not None
    assert lowest <= found.part.score <= highest
    assert bool(found.issues) == (share > 1e-4 or peak > 1)


def test_clipping_is_found_where_it_is(alone: Evidence) -> None:
    full = np.zeros(len(alone.trace.full), np.float32)
    full[200:300] = 0.3
    (one,) = parts_sound.clipping(replace(alone, trace=replace(alone.trace, full=full))).issues
    assert one.at_s == pytest.approx(2.0, abs=0.2)
    assert one.end_s == pytest.approx(3.0, abs=0.2)


def beats(evidence: Evidence, off_s: float) -> Evidence:
    """Beats every half second that every cut is ``off_s`` behind."""
    cuts = [item.start_frame / 24 for item in evidence.film.transitions.items if item.kind == "cut"]
    return sounding(
        evidence, beats_s=sorted({*(round(cut - off_s, 4) for cut in cuts), *(round(cut - off_s + 0.5, 4) for cut in cuts), 0.0})
    )


def test_cuts_on_beats(alone: Evidence) -> None:
    scores = [parts_sound.pacing(beats(alone, off)).part.score for off in (0.0, 0.1, 0.2)]
    assert all(score is not None for score in scores)
    assert scores[0] > scores[1] > scores[2]  # type: ignore[operator]
    found = parts_sound.pacing(beats(alone, 0.1))
    assert found.issues[0].code == "off_beat"
    assert found.issues[0].value == pytest.approx(0.1, abs=0.005)
    assert "earlier" in found.issues[0].suggestion


def test_beats_of_sound_cut_up_count_little(evidence: Evidence) -> None:
    assert evidence.expected is not None
    plain = replace(beats(evidence, 0.2), expected=replace(evidence.expected, means={}))
    found = parts_sound.pacing(plain)
    assert not found.issues
    with_music = parts_sound.pacing(beats(evidence, 0.2))
    assert with_music.issues
    assert with_music.part.score < found.part.score  # type: ignore[operator]


def test_lengths_of_shots_alone(alone: Evidence) -> None:
    quiet = sounding(alone, beats_s=[])
    assert "no beats" in parts_sound.pacing(quiet).part.why
    slow = parts_sound.pacing(replace(quiet, asked=Asked(style="chaotic"))).part
    assert "usual for chaotic" in slow.why


def test_one_shot_has_no_pacing(alone: Evidence) -> None:
    one = alone.film.model_copy(update={"scenes": alone.film.scenes[:1]})
    assert parts_sound.pacing(replace(alone, film=one)).part.score is None
