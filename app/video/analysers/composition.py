"""How the picture is composed: the subject and where it stands, thirds, balance, depth layers, headroom, shot size."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Literal, get_args

from pydantic import BaseModel, ConfigDict, Field

from app.video.analysers.base import Analyser, Findings
from app.video.analysers.depth import LAYERS, LayerName, layers, softness
from app.video.analysers.saliency import Subject, find_subject, saliency
from app.video.analysers.subject_join import SOURCES, Source, joined
from app.video.curves import Curves, Shot

if TYPE_CHECKING:
    import numpy as np

    from app.video.frame import Frame

    Array = np.ndarray[Any, np.dtype[Any]]

ShotSize = Literal["close-up", "medium close-up", "medium shot", "full shot", "wide shot", "extreme wide shot"]
SIZES: tuple[ShotSize, ...] = get_args(ShotSize)
_SIZE_EDGES = (0.9, 0.7, 0.5, 0.28, 0.1)  # heights of the subject's box, in shares of the frame, between one size and the next
_CUT_OFF = 0.97  # a box that reaches this far down is cut by the frame
SURE = 0.35  # confidence from which a subject counts as one
_EDGE_LEVELS = 60
_POWER_POINTS = ((1 / 3, 1 / 3), (2 / 3, 1 / 3), (1 / 3, 2 / 3), (2 / 3, 2 / 3))
_DEEP_FROM = 2.5
_LOPSIDED = 0.25


class _Model(BaseModel):
    model_config = ConfigDict(extra="forbid")


class SubjectBox(_Model):
    """Box and centre of mass in shares of the frame's width and height, from the top left."""

    x: float = Field(ge=0, le=1, description="Left edge.")
    y: float = Field(ge=0, le=1, description="Top edge.")
    w: float = Field(ge=0, le=1)
    h: float = Field(ge=0, le=1)
    centre_x: float = Field(ge=0, le=1)
    centre_y: float = Field(ge=0, le=1)
    confidence: float = Field(ge=0, le=1, description="0: nothing stands out; from 0.35 on it is taken for a subject.")
    source: Source = Field(default="saliency", description="What speaks for it: it looks different, it moves on its own, or both.")


class DepthLayer(_Model):
    """Parts of the picture of about the same sharpness; the sharpest layer is taken for the nearest."""

    name: LayerName
    share: float = Field(ge=0, le=1, description="Of the parts with any detail.")
    centre_x: float = Field(ge=0, le=1)
    centre_y: float = Field(ge=0, le=1)
    softness_px: float = Field(ge=0, description="Blur in pixels at 320 px.")


class Composition(_Model):
    """One sampled frame, or the median of several."""

    subject: SubjectBox | None = Field(default=None, description="None where nothing stands out.")
    thirds_score: float = Field(ge=0, le=1, description="1: the subject's centre lies on a line of thirds; 0: a sixth of the frame off.")
    power_point_distance: float = Field(ge=0, description="From the subject's centre to the nearest crossing of thirds, in frame widths.")
    balance_left_right: float = Field(ge=-1, le=1, description="-1: all visual weight on the left; 1: on the right.")
    balance_top_bottom: float = Field(ge=-1, le=1, description="-1: all visual weight at the top; 1: at the bottom.")
    headroom: float | None = Field(default=None, ge=0, le=1, description="Space above the subject, in shares of the height.")
    shot_size: ShotSize | None = Field(default=None, description="Estimated from the subject's box alone.")
    shot_size_confidence: float = Field(default=0, ge=0, le=1)
    edge_density: float = Field(ge=0, le=1, description="Share of pixels on an edge.")
    depth_contrast: float = Field(
        ge=1, description="Softness of the background by that of the foreground; below 2.5 all is about equally sharp."
    )
    depth: list[DepthLayer] = []


class ShotComposition(Composition):
    """The medians of a shot, and the sampled frame nearest to them."""

    start_frame: int = Field(ge=0)
    end_frame: int = Field(ge=1)
    frame: int | None = Field(default=None, ge=0, description="The frame that represents the shot; its subject box is given.")
    sampled_frames: int = Field(ge=0)
    remarks: list[str] = []


class FilmComposition(_Model):
    """Composition shot by shot."""

    shots: list[ShotComposition]
    remarks: list[str] = []


_SUBJECT = ("left", "top", "width", "height", "x", "y", "confidence")
_FIGURES = ("thirds_score", "power_point_distance", "balance_left_right", "balance_top_bottom", "edge_density", "depth_contrast")
_DEPTH = tuple(f"depth_{name}_{what}" for name in LAYERS for what in ("share", "x", "y", "softness"))


class CompositionSampler:
    """Per sampled frame: the subject's box, where it stands, the picture's balance, edges and depth layers."""

    columns: tuple[str, ...] = (*(f"subject_{name}" for name in _SUBJECT), *_FIGURES, *_DEPTH)

    def sample(self, frame: Frame) -> Sequence[float]:
        """Shares of the frame unless `Composition` says otherwise; unknown depth is NaN."""
        import numpy as np

        attention = saliency(frame)
        subject = find_subject(attention)
        height, width = frame.y.shape
        edges, density = _edges(frame, (attention.shape[1], attention.shape[0]))
        weight = attention / max(float(attention.mean()), 1e-6) + edges / max(float(edges.mean()), 1e-6)
        depth, contrast = _depth(frame)
        box = tuple(getattr(subject, name) for name in _SUBJECT)
        power = power_point_distance(subject.x, subject.y, width / height)
        return (*box, thirds_score(subject.x, subject.y), power, *balance(np.asarray(weight)), density, contrast, *depth)


def thirds_score(x: float, y: float) -> float:
    """1 on a line of thirds, falling to 0 a sixth of the frame away from it (the middle, or the edge's side)."""
    off = min(min(abs(x - line), abs(y - line)) for line in (1 / 3, 2 / 3))
    return max(0.0, 1.0 - off * 6)


def power_point_distance(x: float, y: float, aspect: float) -> float:
    """To the nearest crossing of thirds, in frame widths."""
    return min(math.hypot(x - px, (y - py) / aspect) for px, py in _POWER_POINTS)


def balance(weight: Array) -> tuple[float, float]:
    """Left against right and top against bottom of a (H, W) map of visual weight: -1..1, 0 when they balance."""
    import numpy as np

    total = float(weight.sum())
    if total <= 0:
        return (0.0, 0.0)
    height, width = weight.shape
    sides = np.sign(np.arange(width) - (width - 1) / 2)
    ends = np.sign(np.arange(height) - (height - 1) / 2)
    return (float(weight.sum(axis=0) @ sides) / total, float(weight.sum(axis=1) @ ends) / total)


def shot_size(subject: Subject) -> tuple[ShotSize, float]:
    """The size that the box's height suggests, and how sure that is; a figure cut by the lower edge counts as taller.

    A guess: it takes the subject for one whole figure, as nobody has looked whether it is one.
    """
    cut = subject.top + subject.height >= _CUT_OFF
    height = min(1.0, subject.height * 1.25) if cut else subject.height
    place = next((i for i, edge in enumerate(_SIZE_EDGES) if height >= edge), len(_SIZE_EDGES))
    nearest = min(abs(math.log(max(height, 0.01) / edge)) for edge in _SIZE_EDGES)
    return SIZES[place], round(subject.confidence * min(1.0, 0.4 + nearest), 3)


def _edges(frame: Frame, size: tuple[int, int]) -> tuple[Array, float]:
    """Share of edge pixels around each place, and in the whole picture (Sobel, at half size)."""
    import cv2
    import numpy as np

    half = frame.half()
    x, y = (cv2.convertScaleAbs(cv2.Sobel(half, cv2.CV_16S, dx, 1 - dx)) for dx in (1, 0))
    strong = cv2.threshold(cv2.add(x, y), _EDGE_LEVELS, 1, cv2.THRESH_BINARY)[1]
    small = cv2.resize(strong.astype(np.float32), size, interpolation=cv2.INTER_AREA)
    return np.asarray(small), cv2.countNonZero(strong) / strong.size


def _depth(frame: Frame) -> tuple[list[float], float]:
    """Share, centre and softness of each layer, and the softest by the sharpest."""
    import numpy as np

    picture, soft = layers(softness(frame.y))
    known = max(1, int((~np.isnan(picture)).sum()))
    rows, columns = np.mgrid[0 : picture.shape[0], 0 : picture.shape[1]] + 0.5
    numbers: list[float] = []
    for layer in range(len(LAYERS)):
        inside = picture == layer
        count = int(inside.sum())
        if count == 0:
            numbers += [0.0, math.nan, math.nan, math.nan]
            continue
        x, y = float(columns[inside].mean()) / picture.shape[1], float(rows[inside].mean()) / picture.shape[0]
        numbers += [count / known, x, y, soft[layer]]
    return numbers, max(1.0, soft[2] / soft[0]) if soft[0] > 0 else 1.0


def decide(findings: Findings) -> FilmComposition:
    """Medians per shot, with the sample nearest to them."""
    import numpy as np

    samples = _placed(joined(findings.samples, findings.shots), findings.info.video.width / findings.info.video.height)
    shots = []
    for shot in findings.shots:
        low, high = np.searchsorted(samples["frame"], [shot.start, shot.end])
        shots.append(_shot(shot, samples.part(int(low), int(high))))
    return FilmComposition(shots=shots, remarks=_film_remarks(shots))


def _placed(samples: Curves, aspect: float) -> Curves:
    """The samples with what depends on the subject's place worked out for the subjects that they now have."""
    import numpy as np

    centres = list(zip(samples["subject_x"].tolist(), samples["subject_y"].tolist(), strict=True))
    thirds = np.asarray([thirds_score(x, y) for x, y in centres], np.float32)
    power = np.asarray([power_point_distance(x, y, aspect) for x, y in centres], np.float32)
    return replace(samples, columns={**samples.columns, "thirds_score": thirds, "power_point_distance": power})


def of_sample(row: Mapping[str, float]) -> Composition:
    """What one row of samples (or of their medians) says."""
    values = {name: row[f"subject_{name}"] for name in _SUBJECT}
    subject = Subject(**values)
    found = subject.confidence >= SURE
    size, sure = shot_size(subject) if found else (None, 0.0)
    return Composition(
        subject=_box(subject, SOURCES[int(row.get("subject_source", 0))]) if found else None,
        headroom=round(subject.top, 3) if found else None,
        shot_size=size,
        shot_size_confidence=sure,
        depth=_layers(row),
        **{name: round(float(row[name]), 3) for name in _FIGURES},
    )


def _shot(shot: Shot, samples: Curves) -> ShotComposition:
    import numpy as np

    names = CompositionSampler.columns
    span: dict[str, Any] = {"start_frame": shot.start, "end_frame": shot.end, "sampled_frames": len(samples)}
    if not len(samples):
        empty = Composition(
            thirds_score=0, power_point_distance=0, balance_left_right=0, balance_top_bottom=0, edge_density=0, depth_contrast=1
        )
        return ShotComposition(**empty.model_dump(), **span, remarks=["too short to be sampled"])
    table = np.stack([np.asarray(samples[name], np.float64) for name in names], axis=1)
    medians = np.array([np.median(column[~np.isnan(column)]) if not np.isnan(column).all() else np.nan for column in table.T])
    place = _nearest(table, medians)
    row = dict(zip(names, medians.tolist(), strict=True))
    row.update({f"subject_{name}": float(samples[f"subject_{name}"][place]) for name in (*_SUBJECT, "source")})
    composition = of_sample(row)
    frame = int(samples["frame"][place])
    return ShotComposition(**composition.model_dump(), **span, frame=frame, remarks=remarks(composition))


def _nearest(table: Array, medians: Array) -> int:
    """The sample whose subject lies nearest the median place and size, among those as confident as most."""
    import numpy as np

    columns = [CompositionSampler.columns.index(f"subject_{name}") for name in ("x", "y", "width", "height")]
    sure = table[:, CompositionSampler.columns.index("subject_confidence")]
    distance = np.abs(table[:, columns] - medians[columns]).sum(axis=1) + (sure < np.median(sure)) * 10
    return int(np.argmin(distance))


def _box(subject: Subject, source: Source) -> SubjectBox:
    x, y, w, h, centre_x, centre_y = (
        round(min(1.0, value), 4) for value in (subject.left, subject.top, subject.width, subject.height, subject.x, subject.y)
    )
    return SubjectBox(x=x, y=y, w=w, h=h, centre_x=centre_x, centre_y=centre_y, confidence=round(subject.confidence, 3), source=source)


def _layers(row: Mapping[str, float]) -> list[DepthLayer]:
    found = []
    for name in LAYERS:
        share, x, y, soft = (float(row[f"depth_{name}_{what}"]) for what in ("share", "x", "y", "softness"))
        if share > 0 and not math.isnan(soft):
            place = {"centre_x": round(x, 3), "centre_y": round(y, 3)}
            found.append(DepthLayer(name=name, share=round(share, 3), softness_px=round(soft, 2), **place))
    return found


def remarks(composition: Composition) -> list[str]:
    """The composition in plain words."""
    words: list[str] = []
    box = composition.subject
    if box is None:
        words.append("no clear subject")
    else:
        words.append(f"{composition.shot_size}, subject {_place(box)}")
        if composition.power_point_distance < 0.06:
            words.append("on a power point")
        elif composition.thirds_score > 0.75:
            words.append("on a line of thirds")
        if box.y < 0.02 and box.h < 0.9:
            words.append("no headroom")
    for value, low, high in (
        (composition.balance_left_right, "left", "right"),
        (composition.balance_top_bottom, "top", "bottom"),
    ):
        if abs(value) > _LOPSIDED:
            words.append(f"weight at the {high if value > 0 else low}")
    if composition.depth_contrast >= _DEEP_FROM:
        words.append("layers of depth")
    return words


def _place(box: SubjectBox) -> str:
    across = "left" if box.centre_x < 0.42 else "right" if box.centre_x > 0.58 else "centre"
    upright = "upper " if box.centre_y < 0.36 else "lower " if box.centre_y > 0.64 else ""
    return f"{upright}{across}"


def _film_remarks(shots: Sequence[ShotComposition]) -> list[str]:
    """Which sizes the film is made of."""
    sizes = [s.shot_size for s in shots if s.shot_size is not None]
    if not sizes:
        return []
    counts = sorted(((sizes.count(size), size) for size in set(sizes)), reverse=True)
    return [f"mostly {counts[0][1]}s" if counts[0][0] * 2 > len(sizes) else "a mix of shot sizes"]


ANALYSER = Analyser(name="composition", result=FilmComposition, decide=decide, sampler=CompositionSampler)
