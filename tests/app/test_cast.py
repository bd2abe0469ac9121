"""Who is named in a text, and what becomes of it: handles, escapes, packs in requests, reruns."""

from __future__ import annotations

from typing import Annotated, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import BaseModel, Field

from app.capability import capability
from app.cast import (
    MOST_CAST,
    CastMember,
    Mentions,
    Prompt,
    by_name,
    cast_json,
    described,
    handles_in,
    mentioned,
    spoken,
    with_cast,
    words_only,
)
from app.submission import prepared, validate
from configs.errors import BadInput, NotFound
from jobs.context import JobContext


class Inner(BaseModel):
    text: Prompt = ""
    plain: str = ""


class Ask(BaseModel):
    prompt: Prompt = ""
    lines: Annotated[list[str], Mentions()] = []
    parts: list[Inner] = []
    plain: str = ""
    cast: list[CastMember] = Field(default=[], max_length=MOST_CAST)


class Uncast(BaseModel):
    prompt: Prompt = ""


PACKS = {"luca": CastMember(name="luca", title="Luca", description="a boy with curls"), "mira": CastMember(name="mira", trigger="mrx")}


def find(handle: str) -> CastMember:
    if handle not in PACKS:
        raise NotFound(f"There is no character @{handle}.", "", "no_character")
    return PACKS[handle]


def say(member: CastMember) -> str:
    return member.description or member.trigger or member.name


@pytest.mark.parametrize(
    ("text", "handles"),
    [
        ("@luca runs", ["luca"]),
        ("A photo of @Luca, @mira-2 and @luca.", ["luca", "mira-2"]),
        ("(@luca:1.2), [@mira]", ["luca", "mira"]),
        ("@luca's dog — @mira!", ["luca", "mira"]),
        ("@luca- and @mira_", ["luca", "mira_"]),
        ("write to ada@luca.org or a.@b", []),
        (r"\@luca stays, @mira does not", ["mira"]),
        ("@@luca @luca@mira @", []),
        ("@lucé " + "@" + "l" * 41, []),
        ("", []),
    ],
)
def test_who_is_named(text: str, handles: list[str]) -> None:
    assert mentioned(text) == handles


def test_marked_fields_at_any_depth_are_read_and_no_others() -> None:
    ask = Ask(prompt="@luca", lines=["@mira", "x"], parts=[Inner(text="@zoe", plain="@hidden")], plain="@nobody")
    assert handles_in(ask) == ["luca", "mira", "zoe"]


def test_packs_go_into_the_request_once_each() -> None:
    found = with_cast(Ask(prompt="@luca and @MIRA and @luca"), find)
    assert [member.name for member in found.cast] == ["luca", "mira"]
    assert found.prompt == "@luca and @MIRA and @luca", "what was said stays as it was said"


def test_a_request_that_names_nobody_is_left_alone() -> None:
    ask = Ask(prompt="a house")
    assert with_cast(ask, find) is ask
    uncast = Uncast(prompt="@luca")
    assert with_cast(uncast, find) is uncast


def test_who_is_unknown_is_an_error_unless_escaped() -> None:
    with pytest.raises(NotFound, match="no character @nobody"):
        with_cast(Ask(prompt="@nobody"), find)
    assert with_cast(Ask(prompt=r"\@nobody"), find).cast == []


def test_a_rerun_keeps_the_cast_it_had() -> None:
    old = CastMember(name="luca", description="a boy, before he grew a beard")
    again = with_cast(Ask(prompt="@luca meets @mira", cast=[old]), find)
    assert again.cast == [old, PACKS["mira"]]
    assert with_cast(Ask(prompt="@gone", cast=[CastMember(name="gone")]), find).cast[0].name == "gone"


def test_a_crowd_is_refused_before_there_is_a_job() -> None:
    text = " ".join(f"@c{number}" for number in range(MOST_CAST + 1))
    with pytest.raises(BadInput, match=f"{MOST_CAST + 1} characters are named"):
        with_cast(Ask(prompt=text), lambda handle: CastMember(name=handle))


def test_handles_are_replaced_by_what_is_said_of_them() -> None:
    cast = list(PACKS.values())
    assert spoken("@Luca waves to @mira, (@luca:1.1)", cast, say) == "a boy with curls waves to mrx, (a boy with curls:1.1)"
    assert spoken(r"\@luca and ada@luca.org", cast, say) == "@luca and ada@luca.org"
    assert spoken("@stranger", cast, say) == "@stranger"


def test_what_is_said_is_not_read_again() -> None:
    cast = [CastMember(name="luca", description=r"friend of @mira, \1 \g<0>"), PACKS["mira"]]
    assert spoken("@luca", cast, say) == r"friend of @mira, \1 \g<0>"


@given(st.text(alphabet="@\\lucami ré.,-_2", max_size=60))
@settings(max_examples=300, derandomize=True, database=None, deadline=None)
def test_whatever_is_written_names_only_what_is_replaced(text: str) -> None:
    named = mentioned(text)
    cast = [CastMember(name=handle) for handle in named]
    said = spoken(text, cast, lambda member: "<>")
    assert said.count("<>") >= len(named)
    assert (said == text.replace("\\@", "@")) == (not named)


def test_a_capability_gets_the_cast_before_it_becomes_a_job() -> None:
    class Around:
        character = staticmethod(find)

    seen: list[Any] = []

    def note(request: Any, around: Any) -> Any:
        seen.extend(request.cast)
        return request

    @capability("test.ask", lane="io", title="Ask", prepares=note)
    def ask(request: Ask, job: JobContext) -> Inner:
        """Asks."""
        return Inner()

    found = prepared(ask, validate(ask, {"prompt": "@luca"}), Around())  # type: ignore[arg-type]
    assert found.model_dump()["cast"][0]["description"] == "a boy with curls"
    assert [member.name for member in seen] == ["luca"]


def test_a_reader_who_knows_nobody_is_told_who_it_is_the_first_time() -> None:
    cast = list(PACKS.values())
    assert described("@luca waits. @LUCA runs from @mira.", cast) == "Luca (a boy with curls) waits. Luca runs from Mira."
    assert by_name("@luca and @mira", cast) == "Luca and Mira"


def test_what_was_described_can_be_read_again_without_naming_anybody() -> None:
    cast = [CastMember(name="luca", description="a friend of @mira\nwith curls.")]
    once = described(r"@luca and \@zoe", cast)
    assert once == r"Luca (a friend of \@mira with curls) and \@zoe"
    assert mentioned(once) == []
    assert described(once, []) == once


def test_words_alone_are_kept_where_no_picture_is_made() -> None:
    full = CastMember(name="luca", description="a boy", references=["a-1"], loras=[{"name": "x"}], palette=["#ff0000"])  # type: ignore[list-item]
    found = words_only(Ask(prompt="@luca", cast=[full]), None).cast[0]
    assert (found.description, found.palette, found.references, found.loras) == ("a boy", ["#ff0000"], [], [])
    alone = Ask(prompt="x")
    assert words_only(alone, None) is alone


def test_a_cast_goes_to_a_child_as_json() -> None:
    assert [CastMember.model_validate(one) for one in cast_json(list(PACKS.values()))] == list(PACKS.values())
