"""Sound: volume, music that makes way for speech, effects made by us, loudness."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import ClassVar, Literal

from pydantic import Field

from app.editing.operations.base import Gain, Operation, Place, Scope, Seconds, SoundLayer, SourceId, Stage
from app.editing.problems import Problem

EffectName = Literal[
    "boom", "whoosh", "riser", "hit", "pop", "ding", "boing", "record_scratch", "drum_roll", "sad_trombone", "buzzer", "heartbeat",
    "glitch", "sparkle",
]  # fmt: skip

LONGEST_EFFECT_S = 8.0
VARIANTS = 3  # of each effect within a film, by where it stands


def decibels(gain_db: float) -> float:
    """The factor that a gain in decibels is."""
    return float(10 ** (gain_db / 20))


class Volume(Operation):
    """Makes the segment's own sound louder, softer or silent."""

    op: Literal["volume"] = "volume"
    gain_db: Gain = 0.0
    mute: bool = False
    track: int = Field(default=0, ge=0, le=63, description="Which audio track of the source is heard, from 0.")

    TITLE: ClassVar[str] = "Volume"
    STAGE: ClassVar[Stage] = Stage.COLOUR
    ONCE: ClassVar[bool] = True

    def problems(self, place: Place) -> Iterator[Problem]:
        """The track must be there."""
        yield from super().problems(place)
        tracks = place.source.audio_tracks if place.source is not None else 0
        if self.track and self.track >= tracks:
            has = f"has {tracks} audio track{'' if tracks == 1 else 's'}" if tracks else "has no sound"
            said = f"Audio track {self.track} is asked for, but {place.source.name if place.source else 'the source'} {has}."
            remedy = f"Give 0 to {tracks - 1}." if tracks > 1 else "Leave the track out."
            yield Problem("no_such_track", f"{place.path}.track", said, remedy, 0)

    def gains(self, place: Place) -> Sequence[tuple[float, float]]:
        """One factor throughout."""
        return ((0.0, 0.0 if self.mute else decibels(self.gain_db)),)


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
    NEEDS: ClassVar[Literal["picture", "sound"]] = "sound"
    SCOPES: ClassVar[frozenset[Scope]] = frozenset({"film"})
    STAGE: ClassVar[Stage] = Stage.FINISH

    def layers(self, place: Place) -> Iterator[SoundLayer]:
        """The bed, to the end of the film or for its own while."""
        left = place.seconds - self.at_s
        yield SoundLayer(
            at_s=place.begins_s + self.at_s, seconds=left if self.duration_s is None else min(left, self.duration_s),
            source_id=self.source, source_start_s=self.start_s, gain_db=self.gain_db, fade_in_s=self.fade_in_s,
            fade_out_s=self.fade_out_s, loops=self.loops, ducks_db=self.duck_db,
        )  # fmt: skip


class SoundEffect(Operation):
    """One of the studio's own sound effects, synthesised."""

    op: Literal["sound_effect"] = "sound_effect"
    name: EffectName
    at_s: Seconds = 0.0
    gain_db: Gain = -6.0

    TITLE: ClassVar[str] = "Sound effect"
    SCOPES: ClassVar[frozenset[Scope]] = frozenset({"segment", "film"})
    STAGE: ClassVar[Stage] = Stage.FINISH

    def layers(self, place: Place) -> Iterator[SoundLayer]:
        """The effect, from its frame until it has died away, even beyond its segment."""
        yield SoundLayer(
            at_s=place.begins_s + self.at_s, seconds=LONGEST_EFFECT_S, effect=self.name, gain_db=self.gain_db,
            seed=place.first_frame % VARIANTS,
        )  # fmt: skip


class Loudness(Operation):
    """Brings the whole film to a loudness (EBU R 128), without clipping."""

    op: Literal["loudness"] = "loudness"
    target_lufs: float = Field(default=-14.0, ge=-40, le=-5)
    peak_dbtp: float = Field(default=-1.0, ge=-12, le=0)

    TITLE: ClassVar[str] = "Loudness"
    SCOPES: ClassVar[frozenset[Scope]] = frozenset({"film"})
    STAGE: ClassVar[Stage] = Stage.FINISH
    ONCE: ClassVar[bool] = True
