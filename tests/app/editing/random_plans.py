"""Random valid plans, the same for the same seed: every operation, over whatever sources are given."""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping, Sequence
from fractions import Fraction
from pathlib import Path
from typing import Any, get_args

from app.editing.check import compile_plan
from app.editing.facts import SourceFacts
from app.editing.operations import OPERATIONS
from app.editing.operations.joins import Kind
from app.editing.operations.sounds import EffectName
from app.editing.plan import EditPlan
from app.editing.timeline import Timeline

Fields = dict[str, Any]
WORDS = (
    "Hello", "BOOM!", "meanwhile, far away: 'quoted' \"text\" \\ {brackets} %{pts} [x];", "🎬🔥 emoji 👩‍👩‍👧‍👦",
    "שלום עולם", "مرحبا بالعالم",
    "日本語の字幕", "two\nlines", "a" * 200, "é̂ñ", "<i>tags</i> & $(rm)", "1", "… — “”",
)  # fmt: skip
STYLES = ("caption", "title", "meme_top", "meme_bottom", "lower_third", "shout")
EASINGS = ("linear", "ease_in", "ease_out", "ease_in_out")
SEGMENT_S = (0.04, 0.9)  # of the film


class Room:
    """Where an operation is made up for: its length on the film, and what there is to use."""

    def __init__(self, rng: random.Random, facts: Mapping[str, SourceFacts], files: Mapping[str, str], frames: int, rate: Fraction) -> None:
        self.rng, self.facts, self.files, self.frames, self.rate = rng, facts, files, frames, rate
        self.seconds = float(frames / rate)
        self.source: SourceFacts | None = None

    def at(self) -> float:
        """A moment within; its end is not one."""
        return round(float(self.rng.randrange(self.frames) / self.rate), 4)

    def lasting(self) -> float | None:
        return self.rng.choice((None, None, round(self.rng.uniform(0.01, 1.5), 3)))

    def seen(self) -> str:
        return self.rng.choice([name for name, one in self.facts.items() if one.has_picture])

    def heard(self) -> str | None:
        names = [name for name, one in self.facts.items() if one.has_sound]
        return self.rng.choice(names) if names else None

    def within(self, name: str) -> float:
        """A moment of another source."""
        return round(self.rng.uniform(0, 0.8) * self.facts[name].duration_s, 3)

    def colour(self) -> str:
        return f"#{self.rng.randrange(1 << 24):06x}"

    def share(self) -> float:
        return self.rng.choice((0.0, 1.0, 0.5, round(self.rng.random(), 3)))

    def between(self, low: float, high: float) -> float:
        return self.rng.choice((low, high, *(round(self.rng.uniform(low, high), 3) for _ in range(4))))


def _crop(room: Room) -> Fields:
    w, h = room.between(0.2, 1), room.between(0.2, 1)
    return {"x": round(room.rng.uniform(0, 1 - w), 4), "y": round(room.rng.uniform(0, 1 - h), 4), "w": w, "h": h}


def _reframe(room: Room) -> Fields:
    moments = sorted({round(room.rng.uniform(0, 2), 2) for _ in range(room.rng.randrange(6))})
    path = [{"at_s": at_s, "x": room.share(), "y": room.share()} for at_s in moments]
    return {"aspect": room.rng.choice(("16:9", "9:16", "1:1", "4:5", "4:3", "21:9")), "path": path}


def _camera_move(room: Room) -> Fields:
    count = room.rng.choice((1, 2, 9, 40))
    column = lambda low, high: [round(room.rng.uniform(low, high), 2) for _ in range(count)]  # noqa: E731
    return {
        "step_s": room.rng.choice((0.02, 0.04, 0.5)), "x_percent": column(-4, 4), "y_percent": column(-4, 4),
        "scale_percent": column(95, 120), "rotation_deg": column(-2, 2), "strength": room.between(0.1, 1.5),
        "fill": room.rng.choice(("enlarge", "edges")),
    }  # fmt: skip


def _layer(room: Room) -> Fields:
    name = room.seen()
    return {"source": name, "start_s": room.within(name), "at_s": room.at(), "duration_s": room.lasting(), "opacity": room.between(0.1, 1)}


def _picture_in_picture(room: Room) -> Fields:
    made = _layer(room)
    sound = room.facts[made["source"]].has_sound and room.rng.random() < 0.5
    return {
        **made, "x": room.share(), "y": room.share(), "w": room.between(0.05, 1), "border_px": room.rng.randrange(8),
        "border_colour": room.colour(), "sound": sound, "gain_db": room.between(-20, 6),
    }  # fmt: skip


def _chroma_key(room: Room) -> Fields:
    name = room.rng.choice((None, room.seen()))
    return {
        "colour": room.rng.choice(("#00ff00", "#0047bb", "#20c040", "#ff00aa")), "similarity": room.between(0.01, 0.5),
        "blend": room.between(0, 0.5), "background": name, "background_start_s": room.within(name) if name else 0.0,
    }  # fmt: skip


def _match_colour(room: Room) -> Fields:
    name = room.seen()
    return {"reference": name, "at_s": room.within(name), "strength": room.between(0.1, 1)}


def _lut(room: Room) -> Fields | None:
    return {"file": room.files["lut"], "strength": room.between(0.1, 1)} if "lut" in room.files else None


def _text(room: Room) -> Fields:
    rng = room.rng
    return {
        "text": rng.choice(WORDS), "at_s": room.at(), "duration_s": room.lasting(), "style": rng.choice(STYLES),
        "x": rng.choice((None, room.share())), "y": rng.choice((None, room.share())),
        "size_percent": rng.choice((None, room.between(1, 30))),
        "colour": rng.choice((None, room.colour())), "outline_colour": rng.choice((None, room.colour())),
        "animation": rng.choice((None, "none", "fade", "pop", "slide_up", "typewriter", "shake", "karaoke")),
    }  # fmt: skip


def _subtitles(room: Room) -> Fields:
    if "subtitles" in room.files and room.rng.random() < 0.5:
        return {"file": room.files["subtitles"]}
    moments = sorted(round(room.rng.uniform(0, room.seconds), 3) for _ in range(room.rng.randrange(1, 5)))
    return {"cues": [{"start_s": at_s, "end_s": round(at_s + 0.3, 3), "text": room.rng.choice(WORDS)} for at_s in moments]}


def _volume(room: Room) -> Fields:
    tracks = room.source.audio_tracks if room.source else 0
    return {"gain_db": room.between(-60, 24), "mute": room.rng.random() < 0.3, "track": room.rng.randrange(max(1, tracks))}


def _music(room: Room) -> Fields | None:
    name = room.heard()
    if name is None:
        return None
    return {
        "source": name, "start_s": room.within(name), "at_s": room.at(), "duration_s": room.lasting(), "gain_db": room.between(-40, 0),
        "duck_db": room.between(0, 40), "fade_in_s": room.between(0, 2), "fade_out_s": room.between(0, 2), "loops": room.rng.random() < 0.5,
    }  # fmt: skip


def _zoom(room: Room) -> Fields:
    return {
        "at_s": room.at(), "duration_s": room.lasting(), "scale": room.between(1.01, 4), "x": room.share(), "y": room.share(),
        "in_s": room.between(0, 1), "out_s": room.between(0, 1), "easing": room.rng.choice(EASINGS),
    }  # fmt: skip


def _view(room: Room) -> Fields:
    return {"x": room.share(), "y": room.share(), "scale": room.between(1, 6)}


MAKERS: dict[str, Callable[[Room], Fields | None]] = {
    "crop": _crop,
    "reframe": _reframe,
    "upscale": lambda room: {"factor": room.rng.choice((2, 3, 4))},
    "stabilise": lambda room: {"smoothness_s": room.between(0.1, 5)} if room.source and room.source.kind == "video" else None,
    "denoise": lambda room: {"strength": room.between(0.05, 1)},
    "python_effect": lambda room: {
        "name": room.rng.choice(("painting", "censor")), "strength": room.between(0.05, 1), "radius": room.between(0.02, 0.5),
        "x": room.share(), "y": room.share(),
    },
    "zoom": _zoom,
    "pan_zoom": lambda room: {"start": _view(room), "end": _view(room), "easing": room.rng.choice(EASINGS)},
    "camera_move": _camera_move,
    "shake": lambda room: {
        "at_s": room.at(), "duration_s": room.lasting(), "strength_percent": room.between(0.1, 10), "frequency_hz": room.between(0.2, 30),
        "decays": room.rng.random() < 0.5, "seed": room.rng.randrange(1000),
    },
    "chroma_key": _chroma_key,
    "composite": lambda room: {**_layer(room), "mode": room.rng.choice(("over", "multiply", "screen", "overlay", "add"))},
    "picture_in_picture": _picture_in_picture,
    "watermark": lambda room: {
        "source": room.seen(), "corner": room.rng.choice(("top_left", "top_right", "bottom_left", "bottom_right")),
        "w": room.between(0.02, 0.6), "margin": room.between(0, 0.3), "opacity": room.between(0.1, 1),
    },
    "grade": lambda room: {
        "exposure_ev": room.between(-3, 3), "contrast": room.between(0.2, 3), "saturation": room.between(0, 3),
        "gamma": room.between(0.2, 5), "temperature_k": room.rng.choice((2000, 6500, 20_000, 4321)), "vignette": room.between(0, 1),
    },
    "lut": _lut,
    "match_colour": _match_colour,
    "sharpen": lambda room: {"strength": room.between(0.05, 2)},
    "fade": lambda room: {
        "in_s": room.between(0, 2), "out_s": room.between(0, 2), "colour": room.colour(), "sound": room.rng.random() < 0.5,
    },
    "text": _text,
    "subtitles": _subtitles,
    "volume": _volume,
    "music": _music,
    "sound_effect": lambda room: {"name": room.rng.choice(get_args(EffectName)), "at_s": room.at(), "gain_db": room.between(-40, 6)},
    "loudness": lambda room: {"target_lufs": room.between(-40, -5), "peak_dbtp": room.between(-12, 0)},
}  # fmt: skip
OF_TIME = ("speed", "ramp", "freeze", "reverse")
assert {*MAKERS, *OF_TIME, "transition"} == set(OPERATIONS), "a new operation needs a line here"


def random_plan(
    seed: int, facts: Mapping[str, SourceFacts], files: Mapping[str, str] | None = None, formats: Sequence[str] = ("mp4",)
) -> EditPlan:
    """A plan without problems.

    Args:
        facts: sources by id; at least one has a picture. Segments are short, so a second of each is enough.
        files: artifact ids under ``lut`` and ``subtitles``, where such operations are wanted.
        formats: of the output, to choose from.
    """
    rng = random.Random(seed)
    media = [{"id": name, "media": one.artifact_id} for name, one in facts.items()]
    plan: Fields = {"title": rng.choice(WORDS), "seed": seed, "sources": media, "output": _output(rng, formats)}
    plan["segments"] = [_segment(rng, number, facts) for number in range(rng.choice((1, 1, 2, 3, 4, 6)))]
    if rng.random() < 0.2:
        plan["segments"].insert(0, {**_segment(rng, 99, facts), "approved": False})
    timeline = compile_plan(EditPlan.model_validate(plan), facts)
    _furnish(rng, plan, timeline, facts, files or {})
    timeline = compile_plan(EditPlan.model_validate(plan), facts)
    rooms = Room(rng, facts, files or {}, timeline.frames, timeline.rate)
    plan["film"] = _operations(rooms, "film", rng.choice((0, 0, 1, 3)))
    return EditPlan.model_validate(plan)


def synthetic_facts() -> dict[str, SourceFacts]:
    """A few sources that exist on paper only: sizes, rates and tracks of every kind."""
    rows = (
        _facts("wide", "video", rate=Fraction(25), frame_count=100, width=320, height=180, audio_tracks=1, audio_channels=2),
        _facts("film", "video", rate=Fraction(24000, 1001), frame_count=96, width=192, height=80, audio_tracks=2, audio_channels=6),
        _facts("tall", "video", rate=Fraction(30000, 1001), frame_count=120, width=90, height=160),
        _facts("uneven", "video", rate=Fraction(30), frame_count=121, width=160, height=120, vfr=True, audio_tracks=1, audio_channels=1),
        _facts("still", "image", frame_count=1, width=201, height=101, has_alpha=True),
        _facts("music", "audio", audio_tracks=1, audio_channels=2, duration_s=5.0),
    )
    return {row.id: row for row in rows}


def _facts(name: str, kind: str, **known: Any) -> SourceFacts:
    length = float(known["frame_count"] / known["rate"]) if kind == "video" else 0.0
    return SourceFacts(name, f"artifact-{name}", kind, Path(f"/media/{name}"), f"{name}.mp4", name * 4, **{"duration_s": length, **known})  # type: ignore[arg-type]


def _output(rng: random.Random, formats: Sequence[str]) -> Fields:
    kind = rng.choice(list(formats))
    return {
        "aspect": rng.choice(("source", "source", "16:9", "9:16", "1:1", "4:5", "21:9")), "height": rng.choice((64, 90, 120, 144)),
        "fps": rng.choice((None, 24, 23.976, 25, 29.97, 30, 12.5)), "fit": rng.choice(("pad", "crop", "blur", "stretch")),
        "background": f"#{rng.randrange(1 << 24):06x}", "format": kind, "alpha": kind in ("mov", "webm") and rng.random() < 0.5,
        "quality": "draft",
    }  # fmt: skip


def _segment(rng: random.Random, number: int, facts: Mapping[str, SourceFacts]) -> Fields:
    name = rng.choice([name for name, one in facts.items() if one.has_picture])
    source, seconds = facts[name], rng.choice((rng.uniform(*SEGMENT_S), 0.5))
    timing: list[Fields] = []
    pace = 1.0
    if source.kind == "video":
        timing, pace = _timing(rng)
    frames = 1 if source.kind == "image" else min(source.frame_count, max(1, round(seconds * pace * source.rate)))
    if rng.random() < 0.08:
        frames = 1
    first = rng.randrange(source.frame_count - frames + 1) if source.kind == "video" else 0
    for one in timing:
        if one["op"] == "freeze":
            one["at_s"] = round(float(rng.randrange(frames + 1) / source.rate), 6)
    start_s = float(first / source.rate)
    end_s = start_s + seconds if source.kind == "image" else float((first + frames) / source.rate)
    return {"id": f"s{number}", "source": name, "start_s": round(start_s, 6), "end_s": round(end_s, 6), "operations": timing}


def _timing(rng: random.Random) -> tuple[list[Fields], float]:
    """Operations of time, and how much faster than life they are on the whole, roughly."""
    made: list[Fields] = []
    pace = 1.0
    smooth = rng.choice(("none", "none", "none", "blend", "motion"))
    roll = rng.random()
    if roll < 0.2:
        pace = rng.choice((0.05, 0.25, 0.5, 0.9, 1.37, 2, 4, 50, round(rng.uniform(0.3, 3), 3)))
        made.append({"op": "speed", "factor": pace, "smooth": smooth, "keep_pitch": rng.random() < 0.5})
    elif roll < 0.4:
        slow, fast = (rng.choice((0.25, 0.5, 1, 2, 3, 8)) for _ in range(2))
        pace = (slow + fast) / 2
        ramp = {"op": "ramp", "from_factor": slow, "to_factor": fast, "easing": rng.choice(EASINGS), "smooth": smooth}
        made.append({**ramp, "keep_pitch": rng.random() < 0.5})
    if rng.random() < 0.2:
        made += [{"op": "freeze", "at_s": 0, "duration_s": round(rng.uniform(0.01, 0.5), 3)} for _ in range(rng.choice((1, 1, 2)))]
    if rng.random() < 0.15:
        made.append({"op": "reverse"})
    return made, pace


def _furnish(rng: random.Random, plan: Fields, timeline: Timeline, facts: Mapping[str, SourceFacts], files: Mapping[str, str]) -> None:
    """Gives the segments operations that fit their length, and transitions that fit between them."""
    free = 0
    for number, clip in enumerate(timeline.clips):
        segment = next(one for one in plan["segments"] if one["id"] == clip.segment.id)
        room = Room(rng, facts, files, clip.frames, timeline.rate)
        room.source = clip.source
        segment["operations"] = [*segment["operations"], *_operations(room, "segment", rng.choice((0, 0, 1, 2, 4)))]
        most, overlap = min(free, clip.frames, int(timeline.rate * 10)), 0
        if number and most and rng.random() < 0.5:
            overlap = rng.choice((1, most, rng.randint(1, most)))
            duration_s = float(Fraction(overlap) / timeline.rate)
            segment["operations"].append({"op": "transition", "kind": rng.choice(get_args(Kind)), "duration_s": round(duration_s, 6)})
        free = clip.frames - overlap
        rng.shuffle(segment["operations"])


def _operations(room: Room, scope: str, count: int) -> list[Fields]:
    allowed = [name for name in MAKERS if scope in OPERATIONS[name].SCOPES]
    made: list[Fields] = []
    for name in (room.rng.choice(allowed) for _ in range(count)):
        fields = MAKERS[name](room)
        if fields is not None and not (OPERATIONS[name].ONCE and any(one["op"] == name for one in made)):
            made.append({"op": name, **fields})
    return made
