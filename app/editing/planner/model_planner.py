"""Planning with a language model: its decisions are checked, sent back once with what is wrong, mended, and made into a plan."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from fractions import Fraction
from functools import cache
from typing import get_args

from app.editing.facts import SourceFacts
from app.editing.operations.sounds import EffectName
from app.editing.plan import EditPlan
from app.editing.planner.asking import Limits, ask_formed
from app.editing.planner.context import context_of
from app.editing.planner.decisions import Decisions, mended, problems_of, read_decisions, rows_of, schema
from app.editing.planner.film import Material, assemble, cutting, length_of
from app.editing.planner.fitting import fit, unjoin
from app.editing.planner.rows import film_frames, seconds_of
from app.editing.planner.styles import FALLBACK, Style
from app.editing.planner.wishes import Wishes
from app.editing.problems import BadPlan, Problem
from app.editing.repair import repair
from app.models.calls import ModelCalls
from configs.errors import StudioError
from configs.settings import CONFIG_DIR

PROMPT = CONFIG_DIR / "prompts" / "edit_plan.txt"
MOST_TOLD = 12  # problems that the model hears of


def plan_with_model(
    material: Material, wishes: Wishes, styles: Mapping[str, Style], facts: Mapping[str, SourceFacts], models: ModelCalls, model: str, *,
    limits: Limits, keep_on: Callable[[], None],
) -> EditPlan:  # fmt: skip
    """A plan by the model's decisions that can be rendered.

    Raises:
        BadPlan: what it decided cannot be made into a film, not even after it was told what is wrong.
        StudioError: it did not answer.
    """
    name = wishes.style if wishes.style in styles else FALLBACK
    assert name is not None
    notes: list[str] = []
    seconds = length_of(material, styles[name], wishes, notes)
    words = [("system", prompt(tuple(styles))), ("user", context_of(material.footage, wishes, name, seconds))]
    form = schema(len(material.footage.shots), list(styles))
    wanted = seconds if wishes.duration_s is not None else None

    def answer() -> str:
        return ask_formed(models, model, words, form, seed=wishes.seed, limits=limits, keep_on=keep_on)

    text = answer()
    decisions, problems = _looked_at(text, material, wanted)
    if problems:
        words += [("assistant", text[:8000] or "(nothing)"), ("user", _told(problems))]
        notes.append(f"{model} was told of {len(problems)} fault{'s' if len(problems) != 1 else ''} in its first plan and planned again.")
        decisions, problems = _looked_at(answer(), material, wanted)
    if decisions is None:
        raise BadPlan(problems)
    decisions, done = mended(decisions, material.footage)
    if not decisions.cuts:
        raise BadPlan(
            problems or [Problem("nothing_to_render", "$.cuts", "No cut lies within the clip.", "Plan it with the built-in planner.")]
        )
    wishes = replace(wishes, style=wishes.style or (decisions.style if decisions.style in styles else name))
    return _made(material, wishes, styles, facts, decisions, model, [*notes, *done], wanted)


def _looked_at(text: str, material: Material, seconds: float | None) -> tuple[Decisions | None, list[Problem]]:
    try:
        decisions = read_decisions(text)
    except BadPlan as error:
        return None, list(error.problems)
    return decisions, problems_of(decisions, material.footage, seconds)


def _told(problems: list[Problem]) -> str:
    lines = [f"- {one.code} at {one.path}: {one.message} {one.remedy}" for one in problems[:MOST_TOLD]]
    more = f"\n- and {len(problems) - MOST_TOLD} more" if len(problems) > MOST_TOLD else ""
    return "That plan cannot be rendered:\n" + "\n".join(lines) + more + "\nAnswer with the whole corrected JSON object and nothing else."


def _made(
    material: Material, wishes: Wishes, styles: Mapping[str, Style], facts: Mapping[str, SourceFacts], decisions: Decisions, model: str,
    notes: list[str], seconds: float | None,
) -> EditPlan:  # fmt: skip
    """The plan, at the length asked for as nearly as its cuts allow, mended where a rule of rendering is broken."""
    cut = cutting(material, wishes, styles[wishes.style or FALLBACK], notes)
    rows = rows_of(cut, decisions)
    unjoin(rows[0])
    frames = round(Fraction(seconds) * material.rate) if seconds is not None else film_frames(rows)
    missing = fit(rows, frames)
    if seconds is not None and abs(missing) > max(1, material.rate // 2):
        notes.append(f"The film lasts {seconds_of(rows):.1f} s instead of {seconds:g} s: what {model} chose allows no nearer.")
    plan = assemble(cut, material, rows, material.music_bed)
    plan = plan.model_copy(update={"planner": model, "title": (wishes.title or decisions.title or plan.title)[:200]})
    repaired, done = repair(plan, facts)
    return repaired.model_copy(update={"notes": tuple([*plan.notes, *done][:50])})


@cache
def prompt(styles: tuple[str, ...]) -> str:
    """What the model is told to do."""
    text = PROMPT.read_text(encoding="utf-8")
    return text.replace("STYLES", ", ".join(styles)).replace("SOUNDS", ", ".join(get_args(EffectName)))


def reason_of(error: StudioError) -> str:
    """Why the built-in planner took over, in one sentence."""
    return f"{error.message} {error.remedy}".strip()[:400]
