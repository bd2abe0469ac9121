"""From what the judge found to a better plan: one rule per kind of issue, pure."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from app.editing.check import compile_plan, problems_of
from app.editing.facts import SourceFacts
from app.editing.judge.drafts import Draft, draft_of
from app.editing.judge.forms import Evaluation, Issue
from app.editing.operations.colour import Grade
from app.editing.operations.moves import Zoom
from app.editing.operations.sounds import Loudness, Music
from app.editing.plan import EditPlan
from app.video.document import VideoAnalysis

SHORTEST_S = 0.4  # no segment is made shorter
_GRAVE = ("error", "warning")
_MOST_MOVED_S = 0.4  # of a cut
_SPAN_MARGIN_S = 0.06
_SOFTER_DB, _LEAST_PEAK = 1.0, -6.0
_PUNCH = 1.18
_LONGEST_ADDED_S, _LEAST_LOST_S = 4.0, 0.1


def revise(
    plan: EditPlan, evaluation: Evaluation, facts: Mapping[str, SourceFacts], analyses: Mapping[str, VideoAnalysis], again: int = 0
) -> EditPlan:
    """The plan with what can be mended mended; the very same plan where nothing can.

    Args:
        facts: facts of the plan's sources, analyses: of its videos, both by their ids in the plan.
        again: how often this plan was revised before without becoming better: 0 carries out everything, 1 what is grave, from 2 on
            the issues one by one.

    Rules: black, frozen, flashing, flickering and blurred spans are trimmed off or, where they make most of a segment, the
    segment shows the next best stretch of its source; cuts go to the beat they were off; loudness is normalised, lower where it
    clips; segments are shortened, or lengthened and added, to the duration; the shape is set; burnt exposure is taken back; means
    that the style lacks are added where that is safe. A revision that would not render is given up rule by rule.
    """
    wanted = _chosen(evaluation.issues, again)
    draft = draft_of(plan, facts, analyses)
    for code, rule in RULES.items():
        for one in (one for one in wanted if one.code == code):
            trial = draft.copy()
            if rule(trial, one) and not problems_of(trial.plan(), facts):
                draft = trial
    draft = _as_long_as_before(draft, evaluation, facts)
    made = draft.plan()
    return plan if made == plan else made.model_copy(update={"notes": (*plan.notes, *draft.notes)[:50]})


def _as_long_as_before(draft: Draft, evaluation: Evaluation, facts: Mapping[str, SourceFacts]) -> Draft:
    """What was trimmed off is made up for, where the length was right."""
    before, after = (compile_plan(plan, facts).seconds for plan in (draft.base, draft.plan()))
    if before - after < _LEAST_LOST_S or any(one.code in ("too_long", "too_short") for one in evaluation.issues):
        return draft
    trial = draft.copy()
    lost = Issue(code="too_short", severity="note", message="", suggestion="", value=after - before)
    return trial if _longer(trial, lost) and not problems_of(trial.plan(), facts) else draft


def _chosen(issues: Sequence[Issue], again: int) -> list[Issue]:
    known = [one for one in issues if one.code in RULES]
    if again == 0:
        return known
    if again == 1:
        return [one for one in known if one.severity in _GRAVE]
    return known[again - 2 : again - 1]


def _cut_out(draft: Draft, one: Issue) -> bool:
    """Takes a span of the film out of its segment, or gives the segment another stretch of its source."""
    if one.at_s is None or one.end_s is None:
        return False
    row = draft.row_at((one.at_s + one.end_s) / 2)
    if row is None or row.is_still:
        return False
    first_s, end_s = row.source_span(one.at_s - _SPAN_MARGIN_S, one.end_s + _SPAN_MARGIN_S)
    before, behind = first_s - row.start_s, row.end_s - end_s
    draft.barred.append((row.source, first_s, end_s))
    longest = max(before, behind)
    if longest < SHORTEST_S or longest < 0.5 * (row.end_s - row.start_s):
        return draft.replace(row, f"{_said(one)}: another stretch of the clip is shown.")
    if before >= behind:
        row.end_s = first_s
    else:
        row.start_s = end_s
    draft.note(row, f"{_said(one)}: trimmed off.")
    return True


def _said(one: Issue) -> str:
    return one.message.rstrip(".")


def _to_beat(draft: Draft, one: Issue) -> bool:
    """Moves a cut by what it was off; both segments change, everything behind stays where it is."""
    if one.at_s is None or one.value is None or abs(one.value) > _MOST_MOVED_S:
        return False
    pair = draft.cut_at(one.at_s)
    if pair is None:
        return False
    before, behind = pair
    if before.rate is None or behind.rate is None or behind.joined:
        return False
    end_s, start_s = before.end_s - one.value * before.rate, behind.start_s - one.value * behind.rate
    if end_s - before.start_s < SHORTEST_S or behind.end_s - start_s < SHORTEST_S or start_s < 0 or end_s > draft.length_of(before):
        return False
    before.end_s, behind.start_s = end_s, start_s
    draft.note(behind, f"Cut moved {abs(one.value) * 1000:.0f} ms onto the beat.")
    return True


def _loudness(draft: Draft, one: Issue) -> bool:
    """Normalises; softer peaks where it was normalised already and still clips."""
    found = next((op for op in draft.film if isinstance(op, Loudness)), None)
    if found is None:
        draft.film.append(Loudness())
        draft.notes.append(f"{_said(one)}: the loudness is normalised.")
        return True
    if one.code != "clipped_audio" or found.peak_dbtp - _SOFTER_DB < _LEAST_PEAK:
        return False
    softer = found.model_copy(update={"peak_dbtp": found.peak_dbtp - _SOFTER_DB, "target_lufs": max(-40.0, found.target_lufs - 1.0)})
    draft.film[draft.film.index(found)] = softer
    draft.notes.append(f"{_said(one)}: peaks go to {softer.peak_dbtp:g} dBTP.")
    return True


def _shorter(draft: Draft, one: Issue) -> bool:
    """Takes the same share of every segment that can spare it, from its end."""
    over = one.value or 0.0
    spare = {row.id: max(0.0, row.seconds - max(SHORTEST_S, row.joined_s + 0.2)) for row in draft.rows if row.rate}
    total = sum(spare.values())
    if over <= 0 or total <= over:
        return False
    for row in draft.rows:
        if row.rate:
            row.end_s -= over * spare[row.id] / total * abs(row.rate)
    draft.notes.append(f"{over:.1f} s too long: every segment gave its share.")
    return True


def _longer(draft: Draft, one: Issue) -> bool:
    """Lets segments go on in their source as far as it is unused, then adds the best unused stretches before the last segment."""
    missing = -(one.value or 0.0)
    if missing <= 0:
        return False
    asked = missing
    for row in sorted((row for row in draft.rows if row.rate and row.rate > 0), key=lambda row: row.seconds):
        more = min(missing, 0.5 * row.seconds, draft.free_behind(row) / (row.rate or 1.0))
        if more > 0.05:
            row.end_s += more * (row.rate or 1.0)
            missing -= more
        if missing < 0.05:
            break
    while missing > SHORTEST_S and draft.add(min(missing, _LONGEST_ADDED_S)):
        missing -= min(missing, _LONGEST_ADDED_S)
    draft.notes.append(f"{asked:.1f} s too short: segments go on longer, or more of the clip is shown.")
    return missing < asked - 0.05


def _music_goes_on(draft: Draft, one: Issue) -> bool:
    """Lets music run through silence."""
    found = next((op for op in draft.film if isinstance(op, Music) and (op.duration_s is not None or not op.loops)), None)
    if found is None:
        return False
    draft.film[draft.film.index(found)] = found.model_copy(update={"duration_s": None, "loops": True})
    return True


def _exposure(draft: Draft, one: Issue) -> bool:
    """A third of a stop against what is burnt, and less contrast where grading made it."""
    step = 0.33 if one.code == "crushed_blacks" else -0.33
    found = next((op for op in draft.film if isinstance(op, Grade)), None)
    if found is None:
        draft.film.insert(0, Grade(exposure_ev=step))
    else:
        light = min(3.0, max(-3.0, found.exposure_ev + step))
        changes = {"exposure_ev": light, "contrast": 1 + 0.5 * (found.contrast - 1), "vignette": 0.5 * found.vignette}
        draft.film[draft.film.index(found)] = found.model_copy(update=changes)
    draft.notes.append(f"{_said(one)}: the exposure goes {step:+.2f} stops.")
    return True


def _shape(draft: Draft, one: Issue) -> bool:
    """The shape that was asked for stands in the issue's message; see `parts_goal.aspect`."""
    wanted = next((shape for shape in _SHAPES if f"{shape} was asked for" in one.message), None)
    if wanted is None or draft.output.aspect == wanted:
        return False
    draft.output = draft.output.model_copy(update={"aspect": wanted, "fit": "crop"})
    draft.notes.append(f"The film is {wanted} now.")
    return True


def _style(draft: Draft, one: Issue) -> bool:
    """Adds slow zooms to the longest segments that have no move, where moves are what the style lacks."""
    if "moves" not in one.message:
        return False
    still = [row for row in draft.rows if not any(op.op in ("zoom", "pan_zoom", "shake", "camera_move") for op in row.operations)]
    chosen = sorted(still, key=lambda row: (-row.seconds, row.id))[: max(1, len(draft.rows) // 4)]
    for row in chosen:
        row.operations.append(Zoom(at_s=round(0.4 * row.seconds, 3), scale=_PUNCH, in_s=0.15))
        draft.note(row, "Punched in, as the style has it.")
    return bool(chosen)


_SHAPES = ("16:9", "9:16", "1:1", "4:5", "4:3", "21:9")
Rule = Callable[[Draft, Issue], bool]
RULES: dict[str, Rule] = {  # in the order in which they are carried out
    "aspect": _shape,
    "blurred": _cut_out,
    "black": _cut_out,
    "frozen": _cut_out,
    "flash": _cut_out,
    "flicker": _cut_out,
    "too_long": _shorter,
    "too_short": _longer,
    "off_beat": _to_beat,
    "style": _style,
    "crushed_blacks": _exposure,
    "blown_whites": _exposure,
    "loudness": _loudness,
    "clipped_audio": _loudness,
    "silence": _music_goes_on,
}
