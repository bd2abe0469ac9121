"""Valid plans made wrong on purpose: each way names the codes that it may be refused with."""

from __future__ import annotations

import copy
import random
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from app.editing.facts import SourceFacts
from app.editing.plan import EditPlan

Plan = dict[str, Any]
Way = Callable[[random.Random, Plan, dict[str, Any], Mapping[str, SourceFacts]], None]


@dataclass(frozen=True)
class Mutant:
    """A broken plan: how it was broken, and the codes of which at least one must be found."""

    way: str
    codes: frozenset[str]
    data: Plan


def mutants(rng: random.Random, plan: EditPlan, facts: Mapping[str, SourceFacts]) -> Iterator[Mutant]:
    """One mutant of the plan for every way."""
    for name, (codes, way) in WAYS.items():
        data = plan.model_dump(mode="json")
        segment = rng.choice([one for one in data["segments"] if one["approved"]])
        segment["operations"] = [one for one in segment["operations"] if one["op"] not in ("stabilise", "transition")]
        way(rng, data, segment, facts)
        yield Mutant(name, frozenset(codes.split()), data)


def video(segment: dict[str, Any], facts: Mapping[str, SourceFacts]) -> SourceFacts:
    """Makes the segment one of a moving picture."""
    found = next(one for one in facts.values() if one.kind == "video")
    segment |= {"source": found.id, "start_s": 0.0, "end_s": 0.4, "operations": []}
    return found


def image(segment: dict[str, Any], facts: Mapping[str, SourceFacts]) -> None:
    """Makes the segment a still."""
    segment |= {"source": next(one.id for one in facts.values() if one.kind == "image"), "start_s": 0, "end_s": 0.5, "operations": []}


def put(**fields: Any) -> Way:
    """Sets fields of the segment."""
    return lambda rng, plan, segment, facts: segment.update(fields)


def output(**fields: Any) -> Way:
    """Sets fields of the output."""
    return lambda rng, plan, segment, facts: plan["output"].update(fields)


def top(**fields: Any) -> Way:
    """Sets fields of the plan."""
    return lambda rng, plan, segment, facts: plan.update(fields)


def add(*operations: dict[str, Any], still: bool = False) -> Way:
    """Gives a segment of a moving picture, or a still, operations."""

    def way(rng: random.Random, plan: Plan, segment: dict[str, Any], facts: Mapping[str, SourceFacts]) -> None:
        image(segment, facts) if still else video(segment, facts)
        segment["operations"] = [copy.deepcopy(one) for one in operations]

    return way


def film(*operations: dict[str, Any]) -> Way:
    """Gives the film operations."""
    return lambda rng, plan, segment, facts: plan.update(film=[copy.deepcopy(one) for one in operations])


def without(part: str, key: str) -> Way:
    """Takes a key out."""

    def way(rng: random.Random, plan: Plan, segment: dict[str, Any], facts: Mapping[str, SourceFacts]) -> None:
        del {"plan": plan, "segment": segment, "source": plan["sources"][0]}[part][key]

    return way


def _end_outside(rng: random.Random, plan: Plan, segment: dict[str, Any], facts: Mapping[str, SourceFacts]) -> None:
    source = video(segment, facts)
    segment["end_s"] = float(source.frame_count / source.rate) + rng.choice((0.6 / float(source.rate), 1.0, 500.0))


def _start_outside(rng: random.Random, plan: Plan, segment: dict[str, Any], facts: Mapping[str, SourceFacts]) -> None:
    length = video(segment, facts).duration_s
    segment |= {"start_s": length + 1, "end_s": length + 2}


def _long_transition(rng: random.Random, plan: Plan, segment: dict[str, Any], facts: Mapping[str, SourceFacts]) -> None:
    video(segment, facts)
    following = {**copy.deepcopy(segment), "id": "following", "operations": [{"op": "transition", "duration_s": rng.choice((0.5, 3, 10))}]}
    plan["segments"].insert(plan["segments"].index(segment) + 1, following)


def _two_transitions_overlap(rng: random.Random, plan: Plan, segment: dict[str, Any], facts: Mapping[str, SourceFacts]) -> None:
    video(segment, facts)
    joined = [{"op": "transition", "duration_s": 0.3}]
    rows = [{**copy.deepcopy(segment), "id": f"t{number}", "operations": joined if number else []} for number in range(3)]
    plan["segments"] = rows


def _twins(rng: random.Random, plan: Plan, segment: dict[str, Any], facts: Mapping[str, SourceFacts]) -> None:
    plan["segments"].append(copy.deepcopy({**segment, "operations": []}))


def _twin_sources(rng: random.Random, plan: Plan, segment: dict[str, Any], facts: Mapping[str, SourceFacts]) -> None:
    plan["sources"].append(dict(plan["sources"][0]))


def _foreign_source(rng: random.Random, plan: Plan, segment: dict[str, Any], facts: Mapping[str, SourceFacts]) -> None:
    plan["sources"].append({"id": "foreign", "media": "gone"})


def _of_sound(rng: random.Random, plan: Plan, segment: dict[str, Any], facts: Mapping[str, SourceFacts]) -> None:
    segment |= {"source": next(one.id for one in facts.values() if one.kind == "audio"), "start_s": 0, "end_s": 1, "operations": []}


def _silent(kind: str) -> Way:
    def way(rng: random.Random, plan: Plan, segment: dict[str, Any], facts: Mapping[str, SourceFacts]) -> None:
        quiet = next(one.id for one in facts.values() if not one.has_sound)
        extra = {"sound": True} if kind == "picture_in_picture" else {}
        plan["film"] = [{"op": kind, "source": quiet, **extra}]

    return way


def _blind(kind: str, field: str) -> Way:
    def way(rng: random.Random, plan: Plan, segment: dict[str, Any], facts: Mapping[str, SourceFacts]) -> None:
        video(segment, facts)
        sound = next(one.id for one in facts.values() if one.kind == "audio")
        (plan["film"] if kind == "watermark" else segment["operations"]).append({"op": kind, field: sound})

    return way


def _nobody_approves(rng: random.Random, plan: Plan, segment: dict[str, Any], facts: Mapping[str, SourceFacts]) -> None:
    for one in plan["segments"]:
        one["approved"] = False


def _day_and_night(rng: random.Random, plan: Plan, segment: dict[str, Any], facts: Mapping[str, SourceFacts]) -> None:
    image(segment, facts)
    segment["end_s"] = 86_400
    plan["segments"].append({**copy.deepcopy(segment), "id": "again"})


def _large(rng: random.Random, plan: Plan, segment: dict[str, Any], facts: Mapping[str, SourceFacts]) -> None:
    plan["output"] |= {"aspect": "21:9", "height": 4320}


TEXT = {"op": "text", "text": "hello"}
WAYS: dict[str, tuple[str, Way]] = {
    "reversed cut": ("cut_reversed", put(start_s=2.0, end_s=1.0)),
    "empty cut": ("cut_empty", put(start_s=1.0, end_s=1.0)),
    "negative start": ("out_of_range", put(start_s=-0.5)),
    "end beyond the source": ("cut_outside", _end_outside),
    "start beyond the source": ("cut_outside", _start_outside),
    "not a number": ("not_a_number", put(start_s=float("nan"))),
    "infinite": ("not_a_number out_of_range", put(end_s=float("inf"))),
    "text for a time": ("wrong_type", put(start_s="soon")),
    "null for a time": ("wrong_type", put(end_s=None)),
    "list for a time": ("wrong_type", put(end_s=[1])),
    "unknown source": ("unknown_source", put(source="nobody")),
    "source with a slash": ("bad_form", put(source="../../etc/passwd")),
    "id with a blank": ("bad_form", put(id="a b")),
    "id of another kind": ("wrong_type", put(id=7)),
    "long id": ("bad_form", put(id="x" * 41)),
    "operations are an object": ("wrong_type", put(operations={})),
    "an operation is a word": ("wrong_type", put(operations=["speed"])),
    "approved is a word": ("wrong_type", put(approved="perhaps")),
    "unknown field of a segment": ("unknown_field", put(colour="red")),
    "long reason": ("wrong_length", put(reason="x" * 1001)),
    "half a character": ("bad_text", put(reason="\ud800")),
    "unknown operation": ("unknown_operation", add({"op": "explode"})),
    "operation without op": ("missing", add({"factor": 2})),
    "op of another kind": ("unknown_operation wrong_type", add({"op": ["speed"], "factor": 2})),
    "too many operations": ("wrong_length", add(*[TEXT] * 65)),
    "0x speed": ("out_of_range", add({"op": "speed", "factor": 0})),
    "1000x speed": ("out_of_range", add({"op": "speed", "factor": 1000})),
    "backward speed": ("out_of_range", add({"op": "speed", "factor": -1})),
    "no speed": ("missing", add({"op": "speed"})),
    "speed that is none": ("not_a_number out_of_range", add({"op": "speed", "factor": float("nan")})),
    "speed twice": ("twice", add({"op": "speed", "factor": 2}, {"op": "speed", "factor": 3})),
    "speed and ramp": ("speed_and_ramp", add({"op": "speed", "factor": 2}, {"op": "ramp", "from_factor": 1, "to_factor": 2})),
    "ramp to 0": ("out_of_range", add({"op": "ramp", "from_factor": 1, "to_factor": 0})),
    "ramp of an unknown easing": ("unknown_choice", add({"op": "ramp", "from_factor": 1, "to_factor": 2, "easing": "bouncy"})),
    "reverse twice": ("twice", add({"op": "reverse"}, {"op": "reverse"})),
    "freeze beyond the segment": ("freeze_outside", add({"op": "freeze", "at_s": 9, "duration_s": 1})),
    "freeze for no time": ("out_of_range", add({"op": "freeze", "at_s": 0, "duration_s": 0})),
    "speed of a still": ("still_has_no_time", add({"op": "speed", "factor": 2}, still=True)),
    "reverse of a still": ("still_has_no_time", add({"op": "reverse"}, still=True)),
    "a steadied still": ("still_has_no_time", add({"op": "stabilise"}, still=True)),
    "crop beyond the edge": ("crop_outside", add({"op": "crop", "x": 0.5, "y": 0, "w": 0.6, "h": 1})),
    "crop of nothing": ("crop_too_small", add({"op": "crop", "x": 0, "y": 0, "w": 0.001, "h": 1})),
    "crop of no width": ("out_of_range", add({"op": "crop", "x": 0, "y": 0, "w": 0, "h": 1})),
    "way out of order": (
        "path_not_in_order",
        add({"op": "reframe", "path": [{"at_s": 1, "x": 0, "y": 0}, {"at_s": 0, "x": 1, "y": 1}]}),
    ),
    "way beside the picture": ("out_of_range", add({"op": "reframe", "path": [{"at_s": 0, "x": 1.2, "y": 0}]})),
    "spot out of order": (
        "not_in_order",
        add({"op": "python_effect", "name": "censor", "path": [{"at_s": 1, "x": 0, "y": 0}, {"at_s": 0, "x": 1, "y": 1}]}),
    ),
    "upscale by 7": ("unknown_choice", add({"op": "upscale", "factor": 7})),
    "zoom after the end": ("begins_after_end", add({"op": "zoom", "at_s": 5})),
    "zoom out": ("out_of_range", add({"op": "zoom", "scale": 0.5})),
    "curves of two lengths": (
        "uneven_columns",
        add({"op": "camera_move", "step_s": 0.1, "x_percent": [0, 1], "y_percent": [0], "scale_percent": [100], "rotation_deg": [0]}),
    ),
    "empty curves": (
        "wrong_length",
        add({"op": "camera_move", "step_s": 0.1, "x_percent": [], "y_percent": [], "scale_percent": [], "rotation_deg": []}),
    ),
    "shake after the end": ("begins_after_end", add({"op": "shake", "at_s": 5})),
    "colour by name": ("bad_form", add({"op": "chroma_key", "colour": "green"})),
    "composite of nothing": ("missing", add({"op": "composite"})),
    "composite of an unknown source": ("unknown_source", add({"op": "composite", "source": "nobody"})),
    "background of an unknown source": ("unknown_source", add({"op": "chroma_key", "background": "nobody"})),
    "reference of an unknown source": ("unknown_source", add({"op": "match_colour", "reference": "nobody"})),
    "picture of a sound": ("no_picture", _blind("composite", "source")),
    "background of a sound": ("no_picture", _blind("chroma_key", "background")),
    "watermark of a sound": ("no_picture", _blind("watermark", "source")),
    "colours of a sound": ("no_picture", _blind("match_colour", "reference")),
    "sound of a still": ("no_sound", _silent("music")),
    "sound of a silent picture in picture": ("no_sound", _silent("picture_in_picture")),
    "track 9": ("no_such_track", add({"op": "volume", "track": 9})),
    "text after the end": ("begins_after_end", add({**TEXT, "at_s": 5})),
    "unknown caption style": ("unknown_style", add({**TEXT, "style": "graffiti"})),
    "unknown font": ("unknown_font", add({**TEXT, "font": "Wingdings of Nowhere"})),
    "grey screen": ("key_is_grey", add({"op": "chroma_key", "colour": "#808080"})),
    "empty text": ("wrong_length", add({"op": "text", "text": ""})),
    "blank text": ("text_empty", add({"op": "text", "text": " \n "})),
    "long text": ("wrong_length", add({"op": "text", "text": "x" * 2001})),
    "text beside the picture": ("out_of_range", add({**TEXT, "x": -0.1})),
    "subtitles of nothing": ("text_empty", add({"op": "subtitles"})),
    "subtitles from two places": (
        "cues_and_file", add({"op": "subtitles", "file": "f", "cues": [{"start_s": 0, "end_s": 1, "text": "a"}]}),
    ),
    "reversed subtitle": ("cue_reversed", add({"op": "subtitles", "cues": [{"start_s": 1, "end_s": 0.5, "text": "a"}]})),
    "fade for a year": ("out_of_range", add({"op": "fade", "in_s": 3e7})),
    "fade twice": ("twice", add({"op": "fade", "in_s": 0.1}, {"op": "fade", "out_s": 0.1})),
    "unknown sound effect": ("unknown_choice", add({"op": "sound_effect", "name": "fart"})),
    "sound effect after the end": ("begins_after_end", add({"op": "sound_effect", "name": "boom", "at_s": 3})),
    "unknown transition": ("unknown_choice", add({"op": "transition", "kind": "star_wipe"})),
    "transition longer than its segments": ("transition_too_long", _long_transition),
    "transitions over each other": ("transition_too_long", _two_transitions_overlap),
    "transition of the film": ("wrong_scope", film({"op": "transition"})),
    "speed of the film": ("wrong_scope", film({"op": "speed", "factor": 2})),
    "loudness of a segment": ("wrong_scope", add({"op": "loudness"})),
    "music of a segment": ("wrong_scope", add({"op": "music", "source": "music"})),
    "loudness twice": ("twice", film({"op": "loudness"}, {"op": "loudness"})),
    "loudness of a shout": ("out_of_range", film({"op": "loudness", "target_lufs": 0})),
    "film text after the end": ("begins_after_end", film({**TEXT, "at_s": 3000})),
    "music from its end on": ("begins_after_source", film({"op": "music", "source": "music", "start_s": 60})),
    "two segments of one name": ("duplicate_id", _twins),
    "two sources of one name": ("duplicate_id", _twin_sources),
    "a source that is not there": ("missing_source", _foreign_source),
    "a sound as a segment": ("no_picture", _of_sound),
    "nothing approved": ("nothing_to_render", _nobody_approves),
    "no segments": ("nothing_to_render", top(segments=[])),
    "segments are null": ("wrong_type", top(segments=None)),
    "too many segments": ("wrong_length", lambda rng, plan, segment, facts: plan.update(segments=[segment] * 2001)),
    "no sources": ("wrong_length", top(sources=[])),
    "another version": ("unknown_choice", top(version=2)),
    "unknown field": ("unknown_field", top(author="me")),
    "seed below 0": ("out_of_range", top(seed=-1)),
    "long title": ("wrong_length", top(title="x" * 201)),
    "no segments at all": ("missing", without("plan", "segments")),
    "no sources at all": ("missing", without("plan", "sources")),
    "no source of a segment": ("missing", without("segment", "source")),
    "no end": ("missing", without("segment", "end_s")),
    "a source without media": ("missing", without("source", "media")),
    "aspect of its own": ("unknown_choice", output(aspect="2:1")),
    "no height": ("out_of_range", output(height=0)),
    "half a pixel": ("wrong_type", output(height=90.5)),
    "1000 frames per second": ("out_of_range", output(fps=1000)),
    "no frames per second": ("out_of_range", output(fps=0)),
    "unknown format": ("unknown_choice", output(format="avi")),
    "transparent mp4": ("no_alpha_in_format", output(format="mp4", alpha=True)),
    "a quick GIF": ("rate_not_in_format", output(format="gif", alpha=False, fps=60)),
    "too many pixels": ("too_many_pixels", _large),
    "output is a list": ("wrong_type", top(output=[])),
    "a film of two days": ("film_too_long", _day_and_night),
}  # fmt: skip

JUNK: tuple[Any, ...] = (
    None, True, -1, 0, 1e308, float("nan"), float("inf"), 10**400, "", "x" * 5000, "\u202e\x00\ud800", "'; DROP", [], [[]], {},
    {"op": "speed"},
    {"a": {"b": {}}}, "[0:v]scale=1:1", 1.5, "12", b"bytes", {1: 2}, "NaN",
)  # fmt: skip


def scrambled(rng: random.Random, plan: EditPlan) -> Plan:
    """A plan in which anything may stand somewhere, or be missing; it may even be right."""
    data = plan.model_dump(mode="json")
    for _ in range(rng.choice((1, 1, 2, 4))):
        holder: Any = data
        while True:
            keys = list(holder) if isinstance(holder, dict) else list(range(len(holder)))
            if not keys:
                break
            key = rng.choice(keys)
            if isinstance(holder[key], (dict, list)) and holder[key] and rng.random() < 0.8:
                holder = holder[key]
                continue
            if rng.random() < 0.2:
                del holder[key]
            elif rng.random() < 0.1 and isinstance(holder, dict):
                holder[rng.choice(("x", "op", "__proto__", "factor", "é"))] = copy.deepcopy(rng.choice(JUNK))
            else:
                holder[key] = copy.deepcopy(rng.choice(JUNK))
            break
    return data
