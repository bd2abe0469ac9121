"""The cutting table: what every gesture works with, and how a stretch of the clip becomes a row."""

from __future__ import annotations

from dataclasses import dataclass, field
from fractions import Fraction
from random import Random

from app.editing.operations import AnyOperation
from app.editing.operations.moves import Shake, Zoom
from app.editing.operations.sounds import EffectName, SoundEffect, Volume
from app.editing.operations.words import Text
from app.editing.planner.footage import STEP_S, Footage, Hit
from app.editing.planner.framing import Framing
from app.editing.planner.lines import Lines, reading_s, traits
from app.editing.planner.rows import Row
from app.editing.planner.scoring import Stretch, Used
from app.editing.planner.styles import Part, Span, Style
from app.editing.planner.wishes import Wishes

SNAP_S = 0.5  # a cut may be moved so far
BOTTOM, MIDDLE = ("caption", "subtitle"), ("title", "shout", "impact")  # caption styles by where they stand
LOW_BAND, MIDDLE_BAND, HIGH_BAND = (0.74, 0.95), (0.38, 0.62), (0.04, 0.22)  # where words stand, shares of the height
HIGH_Y = 0.14
USUAL_LUFS = -18.0  # of a clip beside which the style's own level is right


@dataclass
class Cutting:
    """Everything that decisions are made from; ``notes`` collects what a person should know."""

    footage: Footage
    style: Style
    wishes: Wishes
    framing: Framing
    rate: Fraction
    rng: Random
    lines: Lines
    used: Used = field(default_factory=Used)
    notes: list[str] = field(default_factory=list)
    source: str = "clip"

    def between(self, span: Span) -> float:
        """A number of a style's range."""
        return self.rng.uniform(*span)

    def effect(self, names: tuple[EffectName, ...], at_s: float, gain_db: float = 0.0) -> list[AnyOperation]:
        """One of some sounds, where sounds are wanted and the style has any."""
        if not names or not self.wishes.effects:
            return []
        name = names[self.rng.randrange(len(names))]
        return [SoundEffect(name=name, at_s=round(max(at_s, 0.0), 3), gain_db=round(self.effect_db + gain_db, 1))]

    @property
    def effect_db(self) -> float:
        """How loud effects are beside this clip: the softer it is, the softer they are."""
        heard = self.footage.loudness_lufs if self.footage.has_sound else None
        return self.style.effect_db + (0.0 if heard is None else min(max(heard - USUAL_LUFS, -12.0), 3.0))

    def row(self, stretch: Stretch, start_s: float, end_s: float, part: Part, gesture: str) -> Row:
        """A row of whole frames within its shot."""
        shot = self.footage.shots[stretch.shot]
        low, high = self.frame(shot.first_s), self.frame(shot.last_s)
        first = min(max(self.frame(start_s), low), high - 1)
        end = min(max(self.frame(end_s), first + 1), high)
        most = max(end, self.frame(shot.end_s))
        self.used.add(float(first / self.rate), float(end / self.rate), stretch.shot)
        return Row(
            source=self.source, first=first, end=end, rate=self.rate, shot=stretch.shot, part=part.name, gesture=gesture,
            score=stretch.score, least_end=first + max(1, (end - first) * 3 // 5), most_end=most,
        )  # fmt: skip

    def frame(self, seconds: float) -> int:
        """The frame nearest to a time of the clip."""
        return round(Fraction(seconds) * self.rate)

    def peak(self, start_s: float, end_s: float, kind: str | None = None) -> Hit:
        """The strongest hit of a stretch, away from its edges; without any the liveliest moment."""
        margin = min(0.25, (end_s - start_s) / 4)
        hits = [hit for hit in self.footage.hits_in(start_s + margin, end_s - margin) if kind in (None, hit.kind)]
        if hits:
            return max(hits, key=lambda hit: (hit.strength * (0.5 + 0.5 * self._seen(hit.at_s)), -hit.at_s))
        at, value = self.footage.action.highest(start_s + margin, max(end_s - margin, start_s + margin + 0.01))
        return Hit(at, value, "action")

    def sight(self, start_s: float, end_s: float) -> Hit:
        """The moment of a stretch that is worth stopping at: the subject is in the picture and in full movement."""
        margin = min(0.15, (end_s - start_s) / 4)
        count = max(1, int((end_s - start_s - 2 * margin) / STEP_S))
        times = [start_s + margin + number * STEP_S for number in range(count)]

        def worth(at: float) -> float:
            sound = max((hit.strength for hit in self.footage.hits_in(at - 0.15, at + 0.15)), default=0.0)
            return 0.45 * self.footage.action.mean(at, at + 0.05) + 0.6 * self._seen(at) + 0.25 * sound

        best = max(times, key=lambda at: (worth(at), -at))
        return Hit(round(best, 3), min(1.0, worth(best)), "action")

    def _seen(self, at_s: float) -> float:
        box = self.footage.subject_at(at_s)
        return box.weight if box is not None else 0.0

    def zoom(self, at_s: float, on_film_s: float, span: Span, hold_s: float | None, *, in_s: float = 0.08, out_s: float = 0.0) -> Zoom:
        """A punch on the subject as it is at ``at_s`` of the clip, no closer than the subject stays whole."""
        aim = self.framing.aim(at_s)
        scale = max(1.05, min(self.between(span), aim.closest))
        return Zoom(at_s=round(max(on_film_s, 0.0), 3), duration_s=round(hold_s, 3) if hold_s else None, scale=round(scale, 3),
                    x=aim.x, y=aim.y, in_s=round(in_s, 3), out_s=round(out_s, 3))  # fmt: skip

    def shake(self, on_film_s: float, strength: float = 1.0) -> list[AnyOperation]:
        """A blow's shake where the style has any."""
        if not self.style.shake_percent:
            return []
        percent = min(8.0, max(0.1, self.style.shake_percent * strength))
        return [Shake(at_s=round(max(on_film_s, 0.0), 3), duration_s=0.45, strength_percent=round(percent, 2), frequency_hz=11.0,
                      decays=True, seed=self.rng.randrange(2**31))]  # fmt: skip

    def caption(self, slot: str, stretch: Stretch, at_s: float, seconds: float, style: str | None = None) -> list[AnyOperation]:
        """A line of a slot, out of the subject's way; nothing where captions are not wanted or none fits the time."""
        if not self.wishes.captions or not slot:
            return []
        text = self.lines.pick(slot, traits(self.footage, stretch), seconds, self.style.reading)
        return [self.words(text, stretch, at_s, seconds, style)] if text else []

    def words(self, text: str, stretch: Stretch, at_s: float, seconds: float, style: str | None = None) -> Text:
        """Words over a row, where they cover the subject least."""
        name = style or self.style.caption_style
        size = self.style.caption_size if name == self.style.caption_style else None
        length = max(min(seconds, max(reading_s(text, self.style.reading), 0.9 * seconds)), 0.1)
        return Text(text=text, at_s=round(max(at_s, 0.0), 3), duration_s=round(length, 3), style=name, size_percent=size,
                    y=self._beside_subject(stretch, name))  # fmt: skip

    def _beside_subject(self, stretch: Stretch, style: str) -> float | None:
        """Another height for words that would cover the subject; None: where the style has them."""
        times = [stretch.start_s + share * stretch.seconds for share in (0.15, 0.5, 0.85)]

        def covered(top: float, bottom: float) -> float:
            return sum(self.framing.covered(at, top, bottom) for at in times) / len(times)

        low, high = covered(*LOW_BAND), covered(*HIGH_BAND)
        if style in BOTTOM:
            return HIGH_Y if low > high + 0.3 else None
        if style in MIDDLE and covered(*MIDDLE_BAND) > 0.2:
            return 0.18 if low > high + 0.1 else 0.83
        return None

    def mute(self) -> Volume:
        """Silence of the row's own sound."""
        return Volume(mute=True)

    # -- where cuts fall ---------------------------------------------------------------------------------------

    def settle(self, stretch: Stretch) -> Stretch:
        """The stretch with its edges moved a little: off speech, onto attacks of the sound, to the shot's own cuts."""
        shot = self.footage.shots[stretch.shot]
        least = min(stretch.seconds * 0.6, stretch.seconds)
        start = self._settled(stretch.start_s, shot.start_s, stretch.end_s - least, shot.start_s, opening=True)
        end = self._settled(stretch.end_s, start + least, shot.end_s, shot.end_s, opening=False)
        return Stretch(stretch.shot, start, end, stretch.score, stretch.parts)

    def _settled(self, wanted: float, low: float, high: float, edge: float, *, opening: bool) -> float:
        frames = range(self.frame(max(low, wanted - SNAP_S)), self.frame(min(high, wanted + SNAP_S)) + 1)
        times = [float(frame / self.rate) for frame in frames] or [wanted]
        return min(times, key=lambda at: (self._cost(at, wanted, edge, opening), at))

    def _cost(self, at: float, wanted: float, edge: float, opening: bool) -> float:
        cost = 0.4 * abs(at - wanted) / SNAP_S
        if self.footage.speaks_at(at, 0.05):
            cost += 0.3 + 0.7 * self.footage.sound.mean(at - 0.05, at + 0.05)
        if abs(at - edge) < 0.02:
            cost -= 0.35
        elif abs(at - edge) < 0.3:
            cost += 0.3  # a flash of the shot would be left over
        if opening and any(0 <= hit.at_s - at <= 0.06 for hit in self.footage.hits_in(at - 0.01, at + 0.08)):
            cost -= 0.3
        return cost
