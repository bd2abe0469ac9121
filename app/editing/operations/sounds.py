"""Sound: volume, music that makes way for speech, effects made by us, loudness."""

from __future__ import annotations

from typing import ClassVar, Literal

from pydantic import Field

from app.editing.operations.base import Gain, Operation, Scope, Seconds, SourceId, Stage

EffectName = Literal[
    "boom", "whoosh", "riser", "hit", "pop", "ding", "boing", "record_scratch", "drum_roll", "sad_trombone", "buzzer", "heartbeat",
    "glitch", "sparkle",
]  # fmt: skip


class Volume(Operation):
    """Makes the segment's own sound louder, softer or silent."""

    op: Literal["volume"] = "volume"
    gain_db: Gain = 0.0
    mute: bool = False
    track: int = Field(default=0, ge=0, le=63, description="Which audio track of the source is heard, from 0.")

    TITLE: ClassVar[str] = "Volume"
    STAGE: ClassVar[Stage] = Stage.COLOUR
    ONCE: ClassVar[bool] = True


class Music(Operation):
    """A music bed under the film that makes way for its sound."""

    op: Literal["music"] = "music"
    source: SourceId = Field(description="A source with sound.")
    start_s: Seconds = Field(default=0.0, description="Where in the music.")
    at_s: Seconds = 0.0
    duration_s: float | None = Field(default=None, gt=0, le=24 * 3600)
    gain_db: Gain = -12.0
    duck_db: float = Field(default=10.0, ge=0, le=40, description="How much softer while the film's own sound is heard; 0: never.")
    fade_in_s: float = Field(default=0.5, ge=0, le=60)
    fade_out_s: float = Field(default=1.5, ge=0, le=60)
    loops: bool = Field(default=True, description="Starts again where it is too short.")

    TITLE: ClassVar[str] = "Music"
    SCOPES: ClassVar[frozenset[Scope]] = frozenset({"film"})
    STAGE: ClassVar[Stage] = Stage.FINISH


class SoundEffect(Operation):
    """One of the studio's own sound effects, synthesised."""

    op: Literal["sound_effect"] = "sound_effect"
    name: EffectName
    at_s: Seconds = 0.0
    gain_db: Gain = -6.0

    TITLE: ClassVar[str] = "Sound effect"
    SCOPES: ClassVar[frozenset[Scope]] = frozenset({"segment", "film"})
    STAGE: ClassVar[Stage] = Stage.FINISH


class Loudness(Operation):
    """Brings the whole film to a loudness (EBU R 128), without clipping."""

    op: Literal["loudness"] = "loudness"
    target_lufs: float = Field(default=-14.0, ge=-40, le=-5)
    peak_dbtp: float = Field(default=-1.0, ge=-12, le=0)

    TITLE: ClassVar[str] = "Loudness"
    SCOPES: ClassVar[frozenset[Scope]] = frozenset({"film"})
    STAGE: ClassVar[Stage] = Stage.FINISH
    ONCE: ClassVar[bool] = True
