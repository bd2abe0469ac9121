"""What a language model is told of a clip: a table of its shots in few words, however long the clip is."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from app.editing.planner.footage import Footage, ShotView
from app.editing.planner.scoring import parts_of
from app.editing.planner.wishes import Wishes

BUDGET = 9000  # characters, about 3,000 tokens
MOST_PEAKS, MOST_BEATS, MOST_SPANS = 16, 24, 24


def context_of(footage: Footage, wishes: Wishes, style: str, seconds: float, budget: int = BUDGET) -> str:
    """The brief and the clip as text of at most about ``budget`` characters; of a long clip the best shots are kept, in order."""
    captions, sounds = ("yes" if wanted else "no" for wanted in (wishes.captions, wishes.effects))
    head = [
        f"WANTED: {wishes.goal.strip() or 'a good film'}",
        f"STYLE: {style}. LENGTH: {seconds:.1f} s. Captions: {captions}. Sounds: {sounds}.",
        f"CLIP: {footage.duration_s:.1f} s, {footage.width}x{footage.height}, {footage.fps:g} fps, {_sound(footage)}.",
    ]
    tail = [line for line in (_peaks(footage), _beats(footage), _speech(footage)) if line]
    room = budget - sum(len(line) + 1 for line in (*head, *tail)) - 200
    rows = _fitting(footage, room)
    left_out = len(footage.shots) - len(rows)
    said = f"SHOTS (shot | from-to s | what){f'; {left_out} weaker ones are left out' if left_out else ''}:"
    return "\n".join([*head, said, *rows, *tail])


def _fitting(footage: Footage, room: int) -> list[str]:
    """The rows of the table in order; where they are too many, those of the highest score."""
    rows = {shot.index: (_worth(footage, shot), _row(footage, shot)) for shot in footage.shots}
    kept: set[int] = set()
    for index in sorted(rows, key=lambda one: (-rows[one][0], one)):
        length = len(rows[index][1]) + 1
        if length > room and kept:
            break
        kept.add(index)
        room -= length
    return [rows[index][1] for index in sorted(kept)]


def _worth(footage: Footage, shot: ShotView) -> float:
    parts = parts_of(footage, shot, shot.start_s, shot.end_s)
    return sum(parts[name] for name in ("sound", "action", "subject", "picture", "hit"))


def _row(footage: Footage, shot: ShotView) -> str:
    start, end = shot.start_s, shot.end_s
    at, lively = footage.action.highest(start, end)
    words = [f"movement {100 * footage.action.mean(start, end):.0f}% (most {100 * lively:.0f}% at {at:.1f})"]
    if footage.has_sound:
        loud_at, loudest = footage.lufs.highest(start, end)
        words.append(f"loudest {loudest:.0f} LUFS at {loud_at:.1f}")
    box = footage.subject_at((start + end) / 2)
    words.append(f"subject at {100 * box.x:.0f}%,{100 * box.y:.0f}%" if box else "no clear subject")
    words += [word for word in (shot.size, _camera(shot), _light(shot)) if word]
    return f"{shot.index + 1} | {start:.2f}-{end:.2f} | {', '.join(words)}"


def _camera(shot: ShotView) -> str:
    return "" if shot.camera == "static" else shot.camera.replace("_", " ")


def _light(shot: ShotView) -> str:
    return "dark" if shot.brightness < 50 else "bright" if shot.brightness > 190 else ""


def _sound(footage: Footage) -> str:
    if not footage.has_sound:
        return "no sound"
    return f"sound {footage.loudness_lufs:.0f} LUFS" if footage.loudness_lufs is not None else "sound"


def _peaks(footage: Footage) -> str:
    best = sorted(footage.hits, key=lambda hit: -hit.strength)[:MOST_PEAKS]
    return _listed("PEAKS", (f"{hit.at_s:.2f} ({hit.kind} {100 * hit.strength:.0f}%)" for hit in sorted(best, key=lambda hit: hit.at_s)))


def _beats(footage: Footage) -> str:
    if not footage.beats:
        return ""
    return _listed(f"BEATS ({footage.tempo_bpm or 0:.0f} a minute)", (f"{at:.2f}" for at in footage.beats[:MOST_BEATS]))


def _speech(footage: Footage) -> str:
    return _listed("SPEECH", (f"{start:.1f}-{end:.1f}" for start, end in footage.speech[:MOST_SPANS]))


def _listed(name: str, items: Iterator[str] | Sequence[str]) -> str:
    found = list(items)
    return f"{name}: {', '.join(found)}" if found else ""
