"""The built-in planner: from a clip's footage and wishes to an edit plan. Seeded: the same seed plans the same film."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from random import Random
from typing import cast

from app.editing.operations import AnyOperation
from app.editing.operations.colour import Fade, Grade
from app.editing.operations.shape import Aspect
from app.editing.operations.sounds import Loudness, Music
from app.editing.operations.time import Freeze
from app.editing.plan import EditPlan, Output, PlanSource
from app.editing.planner.beats import Bed, compose_on_beats, own_bed
from app.editing.planner.composing import compose, fill
from app.editing.planner.cutting import Cutting
from app.editing.planner.fitting import fit, tidy, unjoin
from app.editing.planner.footage import Footage
from app.editing.planner.framing import Framing
from app.editing.planner.gestures import GESTURES
from app.editing.planner.levels import lift_quiet
from app.editing.planner.lines import Lines
from app.editing.planner.rows import Row, film_frames, seconds_of
from app.editing.planner.scoring import Stretch
from app.editing.planner.styles import FALLBACK, Style
from app.editing.planner.wishes import Wishes

BUILT_IN = "built in"
CLIP, MUSIC = "clip", "music"
SHORTEST_CLIP_S, STILL_S = 0.5, 4.0
DARK, MOST_LIFT_EV = 70.0, 0.9  # films darker than this (mean luma, levels) are lifted by up to so many stops


@dataclass(frozen=True)
class Material:
    """What a film is made of: the clip, its exact frame rate, and music where it was given. Ids are those of artifacts."""

    footage: Footage
    clip: str
    rate: Fraction
    frames: int
    music: str | None = None
    music_bed: Bed | None = None


def plan_film(material: Material, wishes: Wishes, styles: Mapping[str, Style]) -> EditPlan:
    """A whole plan. What could not be done as asked stands in its notes."""
    notes: list[str] = []
    name = wishes.style or FALLBACK
    if name not in styles:
        notes.append(f"There is no style {name!r}; it is planned as {FALLBACK}. Styles: {', '.join(styles)}.")
        name = FALLBACK
    style = styles[name]
    seconds = length_of(material, style, wishes, notes)
    cut = cutting(material, replace(wishes, style=name), style, notes)
    bed = _bed(material, style, seconds, notes)
    rows = _rows(cut, material, seconds, bed)
    return assemble(cut, material, rows, bed)


def cutting(material: Material, wishes: Wishes, style: Style, notes: list[str]) -> Cutting:
    """The table that a film is cut on; all chance comes from the seed."""
    rng = Random(wishes.seed)
    framing = Framing(material.footage, shape_of(material.footage, style, wishes))
    return Cutting(
        footage=material.footage, style=style, wishes=wishes, framing=framing, rate=material.rate, rng=rng,
        lines=Lines(style.lines, rng), notes=notes, source=CLIP,
    )  # fmt: skip


def length_of(material: Material, style: Style, wishes: Wishes, notes: list[str]) -> float:
    """How long the film will be, in seconds of whole frames; says in ``notes`` why it is not as asked."""
    if material.footage.duration_s < SHORTEST_CLIP_S:  # a picture stands for as long as is asked
        return _whole(wishes.duration_s or STILL_S, material.rate)
    usable = max(material.footage.usable_s, float(1 / material.rate))
    most = max(usable * style.most_times, STILL_S if usable < SHORTEST_CLIP_S else 0.0)
    if style.on_beats and material.music_bed is None and material.footage.has_sound and usable >= SHORTEST_CLIP_S:
        most = material.footage.duration_s
    asked = wishes.duration_s
    if asked is None:
        asked = min(style.default_s, max(min(usable, 10.0), 0.6 * usable))
    elif asked > most + 0.05:
        notes.append(
            f"{asked:g} s were asked for, but the clip has {usable:.1f} s to show; beyond {style.most_times:g} times that it would only "
            f"repeat itself, so the film lasts {most:.1f} s."
        )
    return _whole(min(asked, most), material.rate)


def _whole(seconds: float, rate: Fraction) -> float:
    """Of whole frames, one at least."""
    return float(max(1, round(Fraction(seconds) * rate)) / rate)


def shape_of(footage: Footage, style: Style, wishes: Wishes) -> Aspect | None:
    """The film's shape; None for the clip's own. A style's own wide shape is for clips that are wide already."""
    if wishes.aspect == "source":
        return None
    if wishes.aspect is not None:
        return cast(Aspect, wishes.aspect)
    return style.aspect if style.aspect != "source" and footage.aspect > 1.5 else None


def _bed(material: Material, style: Style, seconds: float, notes: list[str]) -> Bed | None:
    if material.music_bed is not None:
        return material.music_bed
    if not style.on_beats:
        return None
    bed = own_bed(material.footage, seconds, CLIP)
    if bed is None:
        notes.append("The clip has no sound and no music was given, so the cuts keep to 120 beats a minute.")
        return Bed("", 0.0, (), seconds)
    if not material.footage.beats:
        notes.append("No steady beat was heard in the clip's sound, so the cuts keep to 120 beats a minute over it.")
    return bed


def _rows(cut: Cutting, material: Material, seconds: float, bed: Bed | None) -> list[Row]:
    if material.footage.duration_s < SHORTEST_CLIP_S:
        return [_still(cut, material, seconds)]
    frames = round(Fraction(seconds) * material.rate)
    if cut.style.on_beats and bed is not None:
        rows = compose_on_beats(cut, seconds, bed.grid(seconds))
    else:
        rows = compose(cut, seconds)
        if film_frames(rows) < frames:
            fill(cut, rows, frames)
    unjoin(rows[0])
    missing = fit(rows, frames)
    unjoin(rows[0])
    if abs(missing) > 1:
        cut.notes.append(f"The film lasts {seconds_of(rows):.1f} s instead of {seconds:.1f} s: the clip's shots allow no nearer.")
    return rows


def _still(cut: Cutting, material: Material, seconds: float) -> Row:
    """A clip that is hardly more than a picture: the picture stands, the view moves, the words are said."""
    part = cut.style.parts[-1]
    stretch = Stretch(0, 0.0, material.footage.duration_s, 1.0, {"calm": 1.0, "subject": material.footage.subject_over(0.0, 0.1)})
    row = GESTURES["push"].make(cut, stretch, seconds, part)[0]
    row.first, row.end = 0, max(1, material.frames)
    held = max(1, round(Fraction(seconds) * material.rate) - row.frames)
    row.operations.insert(0, Freeze(at_s=0.0, duration_s=round(float(held / material.rate), 6)))
    if not any(one.op == "text" for one in row.operations):
        row.operations += cut.caption(part.lines or "end", stretch, 0.4, max(1.0, seconds - 1.0), cut.style.title_style)
    tidy(row)
    cut.notes.append(f"The clip has {material.frames} frame{'s' if material.frames != 1 else ''}: its picture stands while the view moves.")
    return row


def assemble(cut: Cutting, material: Material, rows: Sequence[Row], bed: Bed | None) -> EditPlan:
    """The plan of finished rows, with what is done to the film as a whole."""
    lift_quiet(rows, cut.footage, CLIP)
    for row in rows:
        if (reframe := cut.framing.reframe(row)) is not None:
            row.operations.append(reframe)
    sources = [PlanSource(id=CLIP, media=material.clip)]
    if material.music is not None:
        sources.append(PlanSource(id=MUSIC, media=material.music))
    return EditPlan(
        title=cut.wishes.title or f"{cut.style.title}: {material.footage.name}"[:200],
        goal=cut.wishes.goal,
        style=cut.wishes.style,
        duration_s=cut.wishes.duration_s,
        planner=BUILT_IN,
        seed=cut.wishes.seed,
        sources=tuple(sources),
        segments=tuple(row.segment(number) for number, row in enumerate(rows, 1)),
        film=tuple(_film(cut, material, rows, bed)),
        output=Output(aspect=cut.framing.aspect or "source", fit="crop" if cut.framing.cuts else "pad"),
        notes=tuple(note[:1000] for note in cut.notes[:50]),
    )


def _brightness(cut: Cutting, rows: Sequence[Row]) -> float:
    """Mean luma of the shots in the film, levels."""
    lengths = [row.frames for row in rows]
    return sum(cut.footage.shots[row.shot].brightness * row.frames for row in rows) / max(1, sum(lengths))


def _grade(style: Style, brightness: float) -> dict[str, float]:
    """The style's colours; what is dark already is not made darker."""
    if brightness >= DARK:
        return style.grade
    lack = (DARK - brightness) / DARK
    exposure = max(style.grade.get("exposure_ev", 0.0), 0.0) + MOST_LIFT_EV * lack
    return {**style.grade, "exposure_ev": round(exposure, 2), "vignette": round(style.grade.get("vignette", 0.0) * (1 - lack), 2)}


def _film(cut: Cutting, material: Material, rows: Sequence[Row], bed: Bed | None) -> list[AnyOperation]:
    """What is done to the film as a whole."""
    style = cut.style
    seconds = seconds_of(rows)
    found: list[AnyOperation] = []
    if style.grade:
        found.append(Grade.model_validate({"op": "grade", **_grade(style, _brightness(cut, rows))}))
    fade_in, fade_out = (round(min(edge, seconds / 5), 3) for edge in (style.fade_in_s, style.fade_out_s))
    if fade_in or fade_out:
        found.append(Fade(in_s=fade_in, out_s=fade_out))
    if bed is not None and bed.source:
        own = material.music is None
        found.append(
            Music(
                source=bed.source, start_s=round(bed.start_s, 3), gain_db=0.0 if own else style.music_db, duck_db=0.0 if own else 8.0,
                fade_in_s=0.05 if own else 0.3, fade_out_s=min(1.0, seconds / 4), loops=not own,
            )
        )  # fmt: skip
    if material.footage.has_sound or bed is not None or cut.wishes.effects:
        found.append(Loudness())
    return found
