"""The sound of a film in one pass: loudness, silence, onsets, tempo and beats, where somebody speaks."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pydantic import BaseModel, ConfigDict, Field

from app.video.analysers.sound_decode import Piece, pieces
from app.video.analysers.sound_features import BandPowers
from app.video.analysers.sound_loudness import BLOCKS_PER_S, LoudnessMeter, channel_weights, integrated, loudness_range, momentary
from app.video.analysers.sound_rhythm import find_beats, find_tempo, onset_strength, pick_onsets, pulse_curve
from app.video.analysers.sound_speech import METHOD, speech_score, speech_spans
from app.video.models import MediaInfo

if TYPE_CHECKING:
    import numpy as np

    Array = np.ndarray[Any, np.dtype[Any]]

OnStep = Callable[[float, str], None]

NO_SOUND = "The file has no audio track."
NOT_DECODED = "No part of the audio track can be decoded."
SILENT_BELOW_LUFS = -60.0
_SILENCE_S = 0.5
_CURVE_POINTS = 6000
_QUIET, _LOUD, _PEAK = -30.0, -12.0, -1.0


class _Model(BaseModel):
    model_config = ConfigDict(extra="forbid")


class TimeSpan(_Model):
    """From ``start_s`` to ``end_s``, seconds from frame 0 of the picture (negative: before it)."""

    start_s: float
    end_s: float


class Loudness(_Model):
    """EBU R 128; true peak by fourfold oversampling of the loudest twelve blocks of 100 ms."""

    integrated_lufs: float = Field(description="-120 for silence.")
    range_lu: float = Field(ge=0)
    true_peak_dbtp: float
    sample_peak_dbfs: float
    momentary_step_s: float = Field(gt=0)
    momentary_start_s: float = Field(description="When the first value ends, seconds from frame 0.")
    momentary_lufs: list[float] = Field(description="400 ms windows; of several in one step the loudest.")


class Rhythm(_Model):
    """Onsets and the pulse in them."""

    onsets_s: list[float]
    tempo_bpm: float | None = Field(default=None, description="None when there is no pulse.")
    tempo_confidence: float = Field(ge=0, le=1, description="How alike the onsets are one beat later; below 0.3 no beats are given.")
    beats_s: list[float] = []


class Speech(_Model):
    """Where somebody seems to speak."""

    method: str = METHOD
    share: float = Field(ge=0, le=1)
    spans: list[TimeSpan] = []


class Sound(_Model):
    """What the first audio track holds. Times are seconds from frame 0 of the picture."""

    sample_rate_hz: int = Field(gt=0)
    channels: list[str]
    duration_s: float = Field(ge=0)
    loudness: Loudness
    silence: list[TimeSpan] = Field(description="Below -60 LUFS for half a second or longer, to 0.1 s.")
    rhythm: Rhythm
    speech: Speech
    remarks: list[str] = []


def analyse_sound(path: Path, info: MediaInfo, on_step: OnStep) -> Sound | None:
    """Decodes the first audio track once, ten seconds at a time; memory grows by less than 6 kB a second of sound.

    Args:
        on_step: called with (fraction, message) after each piece; what it raises is raised on.

    Returns:
        None when there is no sound to speak of: `why_absent` says why.

    Raises:
        BadMedia: the file cannot be opened.
    """
    return hear(path, info.duration_s, on_step, -info.video.start_time_s) if info.audio else None


def hear(path: Path, duration_s: float, on_step: OnStep, begins_s: float = 0.0) -> Sound | None:
    """The same for any file with sound, a piece of music for instance. ``begins_s``: the time of its first sample."""
    listener: _Listener | None = None
    for piece in pieces(path):
        if listener is None:
            listener = _Listener(piece)
        listener.add(piece)
        on_step(min(1.0, listener.heard_s / max(duration_s, 1e-6)), "Listening")
    return listener.finish(begins_s) if listener is not None else None


def why_absent(info: MediaInfo) -> str:
    """The reason to give where `analyse_sound` found nothing."""
    return NOT_DECODED if info.audio else NO_SOUND


class _Listener:
    """Hands pieces to the meters in whole blocks."""

    def __init__(self, first: Piece) -> None:
        import numpy as np

        self._first = first
        self._meter = LoudnessMeter(first.rate_hz, channel_weights(first.channels))
        self._bands = BandPowers(first.rate_hz)
        self._rest = np.zeros((len(first.channels), 0), np.float32)
        self._samples = 0

    @property
    def heard_s(self) -> float:
        return self._samples / self._first.rate_hz

    def add(self, piece: Piece) -> None:
        import numpy as np

        self._samples += piece.samples.shape[1]
        self._bands.add(piece.samples.mean(axis=0))
        joined = np.concatenate((self._rest, piece.samples), axis=1)
        whole = joined.shape[1] // self._meter.block * self._meter.block
        if whole:
            self._meter.add(np.ascontiguousarray(joined[:, :whole]))
        self._rest = joined[:, whole:].copy()

    def finish(self, shift_s: float) -> Sound:
        """``shift_s``: file time to picture time."""
        import numpy as np

        if self._rest.shape[1]:
            self._meter.add(np.pad(self._rest, ((0, 0), (0, self._meter.block - self._rest.shape[1]))))
        offset = self._first.start_s + shift_s
        energies, bands, hop_s = self._meter.energies(), self._bands.finish(), self._bands.hop_s
        strength = onset_strength(bands)
        loudness, silence = self._loudness(energies, offset), _silence(energies, offset, self.heard_s)
        spans = speech_spans(speech_score(bands, hop_s, pulse_curve(strength, hop_s)), hop_s)
        sound = Sound(
            sample_rate_hz=self._first.rate_hz,
            channels=list(self._first.channels),
            duration_s=round(self.heard_s, 4),
            loudness=loudness,
            silence=silence,
            rhythm=_rhythm(strength, hop_s, offset),
            speech=Speech(share=_share(spans, self.heard_s), spans=[_span(a + offset, b + offset) for a, b in spans]),
        )
        return sound.model_copy(update={"remarks": remarks(sound)})

    def _loudness(self, energies: Array, offset: float) -> Loudness:
        import numpy as np

        curve = momentary(energies)
        every = max(1, -(-len(curve) // _CURVE_POINTS))
        padded = np.pad(curve, (0, -len(curve) % every), mode="edge").reshape(-1, every).max(axis=1)
        sample, true = self._meter.peak_db()
        step_s = self._meter.block / self._first.rate_hz * every
        return Loudness(
            integrated_lufs=round(integrated(energies), 2), range_lu=round(loudness_range(energies), 2),
            true_peak_dbtp=round(true, 2), sample_peak_dbfs=round(sample, 2), momentary_step_s=round(step_s, 6),
            momentary_start_s=round(offset + step_s, 4), momentary_lufs=[round(float(v), 1) for v in padded],
        )  # fmt: skip


def _silence(energies: Array, offset: float, heard_s: float) -> list[TimeSpan]:
    import numpy as np

    level = -0.691 + 10 * np.log10(np.maximum(energies, 1e-15))
    padded = np.concatenate(([0], (level < SILENT_BELOW_LUFS).astype(np.int8), [0]))
    edges = np.flatnonzero(np.diff(padded)).reshape(-1, 2) / BLOCKS_PER_S
    return [_span(a + offset, min(b, heard_s) + offset) for a, b in edges.tolist() if min(b, heard_s) - a >= _SILENCE_S - 1e-6]


def _rhythm(strength: Array, hop_s: float, offset: float) -> Rhythm:
    tempo = find_tempo(strength, hop_s)
    return Rhythm(
        onsets_s=[round(t + offset, 3) for t in pick_onsets(strength, hop_s)],
        tempo_bpm=tempo.bpm or None,
        tempo_confidence=tempo.confidence,
        beats_s=[round(t + offset, 3) for t in find_beats(strength, hop_s, tempo)],
    )


def _span(start_s: float, end_s: float) -> TimeSpan:
    return TimeSpan(start_s=round(start_s, 3), end_s=round(end_s, 3))


def _share(spans: list[tuple[float, float]], whole_s: float) -> float:
    return round(min(1.0, sum(b - a for a, b in spans) / whole_s), 4) if whole_s > 0 else 0.0


def remarks(sound: Sound) -> list[str]:
    """What stands out, in words."""
    loud = sound.loudness
    if loud.integrated_lufs < -70:
        return ["silent throughout"]
    rules = (
        (loud.integrated_lufs < _QUIET, f"quiet: {loud.integrated_lufs:.0f} LUFS"),
        (loud.integrated_lufs > _LOUD, f"loud: {loud.integrated_lufs:.0f} LUFS"),
        (loud.true_peak_dbtp > _PEAK, f"peaks at {loud.true_peak_dbtp:.1f} dBTP, which can distort when it is encoded"),
        (len(sound.rhythm.beats_s) > 1, f"a pulse of about {sound.rhythm.tempo_bpm or 0:.0f} beats per minute"),
        (sound.speech.share > 0.5, "mostly speech, by the built-in estimate"),
    )
    return [words for applies, words in rules if applies]
