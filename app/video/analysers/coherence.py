"""Does the picture hold together over time: flicker, jumps, freezes, repeated frames, and a coherence figure for every frame."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pydantic import BaseModel, ConfigDict, Field

from app.video.analysers.base import Analyser, Findings
from app.video.analysers.coherence_measure import CoherenceMeasure
from app.video.analysers.coherence_rules import ShotFaults, Stretch, examine
from app.video.curves import Curves, Shot, round_all

if TYPE_CHECKING:
    import numpy as np

    Values = np.ndarray[Any, np.dtype[np.float64]]

HEAT_VALUES = 2000
WORST_MOMENTS = 20
WORST_BELOW = 0.8
APART_S = 0.5
LISTED = 200
_SHIMMER_LEVELS = 12.0  # mean departure from the neighbours' mean that halves the score
_COLOUR_LEVELS = 10.0  # change of colour per frame at which nothing is stable


class _Model(BaseModel):
    model_config = ConfigDict(extra="forbid")


class Span(_Model):
    """A stretch of frames."""

    start_frame: int = Field(ge=0)
    end_frame: int = Field(ge=1, description="First frame behind it.")
    start_s: float = Field(ge=0)


class FlickerSpan(Span):
    """A stretch in which the light flickers."""

    amplitude_levels: float = Field(ge=0, description="Of a sine wave as strong, in luma levels.")
    frequency_hz: float | None = Field(default=None, description="None when irregular.")


class Moment(_Model):
    """A frame that does not hold together with its neighbours."""

    frame: int = Field(ge=0)
    time_s: float = Field(ge=0)
    coherence: float = Field(ge=0, le=1)
    why: str


class ShotCoherence(_Model):
    """One shot. Differences are between consecutive frames of the shot; its cuts are left out."""

    start_frame: int = Field(ge=0)
    end_frame: int = Field(ge=1)
    score: float = Field(ge=0, le=1, description="Mean coherence of its frames, marked down for shimmer; 1 is best.")
    worst_frame: int = Field(ge=0)
    worst_coherence: float = Field(ge=0, le=1)
    ssim: float = Field(ge=-1, le=1, description="Mean structural similarity of consecutive frames.")
    temporal_flickering: float = Field(
        ge=0, le=1,
        description="1 - mean absolute difference of consecutive frames / 255, as in VBench; here of luma at 160 px, not RGB at full size.",
    )  # fmt: skip
    temporal_flickering_steadied: float = Field(
        ge=0, le=1, description="The same after the camera's motion is taken out; VBench keeps to static clips instead."
    )
    motion_smoothness: float = Field(
        ge=0, le=1,
        description="1 - mean absolute departure of a frame from the mean of its neighbours, moved to it by the camera's motion, / 255. "
        "VBench drops every second frame and interpolates it with the AMT-S network; here every frame is judged, without a network.",
    )  # fmt: skip
    hsv_stability: float = Field(
        ge=0, le=1,
        description="1 - mean change per frame of mean saturation, value and hue (in the plane of colour differences) / 10 levels.",
    )  # fmt: skip
    flicker_levels: float = Field(ge=0, description="Amplitude of the strongest second of flicker, luma levels.")
    flicker_hz: float | None = Field(default=None, description="Its frequency; None when there is none or it is irregular.")
    flickers: list[FlickerSpan]
    colour_swing_levels: float = Field(
        default=0.0, ge=0, description="Amplitude of the strongest second of colour that comes and goes, levels of colour difference."
    )
    jumps: list[int] = Field(description="Frames that do not follow from the frame before: a jump, frames missing.")
    frozen: list[Span] = Field(description="One picture for five frames or longer in the midst of motion.")
    repeated: list[Span] = Field(description="Shorter repeats against the rhythm of the shot.")


class FilmCoherence(_Model):
    """The film and each of its shots."""

    score: float = Field(ge=0, le=1)
    heat: list[float] = Field(description="Coherence over the film for drawing: the worst of every ``heat_step_frames`` frames.")
    heat_step_frames: int = Field(ge=1)
    worst: list[Moment] = Field(description="The worst moments, worst first, at least half a second apart.")
    shots: list[ShotCoherence]


def coherence_curve(findings: Findings) -> Values:
    """(frames,) coherence of every frame, 0 to 1; 1 at the first frame of a shot."""
    import numpy as np

    parts = [examine(findings.curves.part(shot.start, shot.end)).coherence for shot in findings.shots]
    return np.concatenate(parts) if parts else np.ones(0)


def decide(findings: Findings) -> FilmCoherence:
    """Every shot's faults and figures, from the stored numbers alone."""
    import numpy as np

    curves = findings.curves
    faults = [examine(curves.part(shot.start, shot.end)) for shot in findings.shots]
    shots = [_shot(curves, shot, found) for shot, found in zip(findings.shots, faults, strict=True)]
    whole = np.concatenate([f.coherence for f in faults]) if faults else np.ones(0)
    step = max(1, -(-len(whole) // HEAT_VALUES))
    heat = np.minimum.reduceat(whole, np.arange(0, len(whole), step)) if len(whole) else whole
    lengths = [s.end - s.start for s in findings.shots]
    score = sum(shot.score * n for shot, n in zip(shots, lengths, strict=True)) / max(1, sum(lengths))
    return FilmCoherence(
        score=round(score, 4),
        heat=round_all(heat.tolist(), 3),
        heat_step_frames=step,
        worst=_worst(curves, findings.shots, faults) if shots else [],
        shots=shots,
    )


def _shot(curves: Curves, shot: Shot, faults: ShotFaults) -> ShotCoherence:
    part = curves.part(shot.start, shot.end)
    middle = _mean(part, "coh_middle", 2)
    worst = int(faults.coherence.argmin())

    def span(found: Stretch) -> dict[str, Any]:
        start = shot.start + found.start
        return {"start_frame": start, "end_frame": shot.start + found.end, "start_s": round(float(curves.times_s[start]), 4)}

    return ShotCoherence(
        start_frame=shot.start,
        end_frame=shot.end,
        score=round(float(faults.coherence.mean()) / (1 + middle / _SHIMMER_LEVELS), 4),
        worst_frame=shot.start + worst,
        worst_coherence=round(float(faults.coherence[worst]), 4),
        ssim=round(_mean(part, "coh_ssim", 1, nothing=1.0), 4),
        temporal_flickering=round(1 - _mean(part, "coh_change", 1) / 255, 5),
        temporal_flickering_steadied=round(1 - _mean(part, "coh_rest", 1) / 255, 5),
        motion_smoothness=round(1 - middle / 255, 5),
        hsv_stability=round(_stability(part), 4),
        flicker_levels=round(faults.flicker_levels, 3),
        flicker_hz=None if faults.flicker_hz is None else round(faults.flicker_hz, 2),
        colour_swing_levels=round(faults.swing_levels, 3),
        flickers=[
            FlickerSpan(**span(f), amplitude_levels=round(f.levels, 3), frequency_hz=None if f.hz is None else round(f.hz, 2))
            for f in faults.flickers[:LISTED]
        ],
        jumps=[shot.start + frame for frame in faults.jumps[:LISTED]],
        frozen=[Span(**span(s)) for s in faults.frozen[:LISTED]],
        repeated=[Span(**span(s)) for s in faults.repeats[:LISTED]],
    )


def _stability(part: Curves) -> float:
    import numpy as np

    if len(part) < 2:
        return 1.0
    saturation, value, u, v = (np.diff(part[name].astype(np.float64)) for name in ("coh_sat", "coh_value", "coh_u", "coh_v"))
    change = (np.abs(saturation) + np.abs(value) + np.hypot(u, v)) / 3
    return float(np.clip(1 - change.mean() / _COLOUR_LEVELS, 0, 1))


def _worst(curves: Curves, shots: Any, faults: list[ShotFaults]) -> list[Moment]:
    """Greedy from the worst on; equal ones in order of time."""
    found = [
        (float(fault.coherence[frame]), shot.start + frame, why)
        for shot, fault in zip(shots, faults, strict=True)
        for frame, why in fault.reasons.items()
        if fault.coherence[frame] < WORST_BELOW
    ]
    moments: list[Moment] = []
    for coherence, frame, why in sorted(found):
        time_s = float(curves.times_s[frame])
        if all(abs(time_s - m.time_s) >= APART_S for m in moments):
            moments.append(Moment(frame=frame, time_s=round(time_s, 4), coherence=round(coherence, 4), why=why))
            if len(moments) == WORST_MOMENTS:
                break
    return moments


def _mean(part: Curves, name: str, since: int, nothing: float = 0.0) -> float:
    values = part[name][since:]
    return float(values.mean(dtype="float64")) if len(values) else nothing


ANALYSER = Analyser(name="coherence", result=FilmCoherence, decide=decide, measure=CoherenceMeasure)
