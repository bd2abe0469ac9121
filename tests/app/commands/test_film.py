"""What `edit` and `parody` share."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from app.commands.film import (
    ENDINGS,
    Ended,
    Film,
    brief_of,
    export_formats,
    lost_lines,
    plan_by,
    read_plan_file,
    render,
    require_apart,
    require_file,
    rows_table,
    said,
    save_plan,
    summary,
)  # fmt: skip
from app.editing.problems import BadPlan
from configs.errors import BadInput
from tests.app.commands.film_fakes import SEGMENT, FakeSession, console, flags, plan

EDITED = {
    "artifact_id": "a-9", "frames": 25, "seconds": 1.0, "width": 320, "height": 180, "fps": 25.0, "engine": "built in", "took_s": 0.5,
    "notes": ["Careful."],
}  # fmt: skip


def lost(what: str, row: int | None, instead: str = "Do it.") -> dict[str, Any]:
    return {"what": what, "degree": "lost", "path": "$", "row": row, "segment": None, "why": "So.", "instead": instead}


def test_a_brief_has_what_was_said_and_nothing_else(tmp_path: Path, working_directory: Path) -> None:
    assert brief_of(flags(), "a-0123456789abcdef") == {"video": "a-0123456789abcdef"}
    found = brief_of(flags(goal="g", duration=3.0, seed=0, music="song.wav", aspect="9:16"), "clip.mp4")
    assert found == {
        "video": str(working_directory / "clip.mp4"), "goal": "g", "duration_s": 3.0, "seed": 0, "aspect": "9:16",
        "music": str(working_directory / "song.wav"),
    }  # fmt: skip


@pytest.mark.parametrize(
    ("name", "said_of_it"),
    [
        ("film.avi", "does not say which kind"),
        ("film", "does not say which kind"),
        ("none/film.mp4", "no folder"),
        ("there.mp4", "is there already"),
    ],
)
def test_where_a_film_cannot_go_is_said_before_any_work(tmp_path: Path, name: str, said_of_it: str) -> None:
    (tmp_path / "there.mp4").write_text("kept")
    with pytest.raises(BadInput, match=said_of_it):
        require_file(str(tmp_path / name), force=False, endings=ENDINGS)


def test_force_replaces_and_folders_are_no_files(tmp_path: Path) -> None:
    (tmp_path / "there.mp4").write_text("kept")
    assert require_file(str(tmp_path / "there.mp4"), force=True, endings=ENDINGS) == tmp_path / "there.mp4"
    (tmp_path / "folder.mp4").mkdir()
    with pytest.raises(BadInput, match="is a folder"):
        require_file(str(tmp_path / "folder.mp4"), force=True, endings=ENDINGS)


def test_the_media_of_a_plan_count_from_its_folder(tmp_path: Path, working_directory: Path) -> None:
    (tmp_path / "clip.mp4").write_text("film")
    path = tmp_path / "plan.json"
    for media, found in (("clip.mp4", str(tmp_path / "clip.mp4")), ("a-0123456789abcdef", "a-0123456789abcdef")):
        path.write_text(json.dumps({"sources": [{"id": "clip", "media": media}], "segments": [SEGMENT]}), encoding="utf-8")
        assert read_plan_file(str(path))["sources"] == [{"id": "clip", "media": found}]


def test_what_is_wrong_with_a_plan_is_named(tmp_path: Path) -> None:
    path = tmp_path / "plan.json"
    with pytest.raises(BadInput, match="cannot be read"):
        read_plan_file(str(path))
    path.write_text('{"sources": []}')
    with pytest.raises(BadPlan, match=r"\$\.sources"):
        read_plan_file(str(path))
    (tmp_path / "film.otio").write_bytes(b"\xff\xfe")
    with pytest.raises(BadInput, match="no OpenTimelineIO file"):
        read_plan_file(str(tmp_path / "film.otio"))


def test_a_timeline_of_another_editor_is_a_plan(tmp_path: Path) -> None:
    otio = pytest.importorskip("opentimelineio")
    made = otio.schema.Timeline("t")
    track = otio.schema.Track("V1", kind="Video")
    made.tracks.append(track)
    span = otio.opentime.TimeRange(otio.opentime.RationalTime(25, 25), otio.opentime.RationalTime(50, 25))
    track.append(otio.schema.Clip("c", otio.schema.ExternalReference("file:///films/c.mp4"), span))
    path = tmp_path / "film.otio"
    path.write_text(made.to_json_string())
    found = read_plan_file(str(path))
    assert found["sources"] == [{"id": "m1", "media": "/films/c.mp4"}]
    assert (found["segments"][0]["start_s"], found["segments"][0]["end_s"]) == (1.0, 3.0)


def test_a_plan_of_the_planner_names_the_files_as_the_person_did() -> None:
    session = FakeSession(video_plan=lambda request: {"plan": plan("a-video"), "notes": ["No beats."], "seconds": 1.0})
    film = plan_by(session, console()[0], {"video": "/films/clip.mp4"}, "p-1")  # type: ignore[arg-type]
    assert film.plan["sources"] == [{"id": "clip", "media": "/films/clip.mp4"}]
    assert film.notes == ["No beats."]
    assert session.asked[0][2]["project_id"] == "p-1"


def test_a_film_is_there_whole_or_not_at_all(tmp_path: Path) -> None:
    film, out = Film(plan()), tmp_path / "film.webm"
    session = FakeSession(video_edit=EDITED)
    render(session, console()[0], film, out, flags())  # type: ignore[arg-type]
    assert session.asked[0][1]["plan"]["output"]["format"] == "webm"
    assert (out.read_text(), film.out, film.notes) == ("bytes of a-9", str(out), ["Careful."])
    broken = FakeSession(video_edit=BadInput("It tore.", "Try."))
    with pytest.raises(Ended) as ended:
        render(broken, console()[0], Film(plan()), tmp_path / "other.mp4", flags())  # type: ignore[arg-type]
    assert said(ended.value).startswith("It tore.")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["film.webm"]


def test_exports_stand_beside_the_film_under_its_name(tmp_path: Path) -> None:
    answer = {"files": [{"artifact_id": "a-5", "name": "film.edl", "format": "edl", "lost": [lost("Zoom punch", 2)]}]}
    session, film = FakeSession(video_export=answer), Film(plan())
    export_formats(session, console()[0], film, tmp_path / "film.mp4", flags(export=["edl"]))  # type: ignore[arg-type]
    assert session.asked[0][1] == {"plan": film.plan, "formats": ["edl"], "name": "film"}
    assert (tmp_path / "film.edl").read_text() == "bytes of a-5"
    assert film.lost == {"film.edl": [lost("Zoom punch", 2)]}


def test_an_export_does_not_replace_what_is_there(tmp_path: Path) -> None:
    (tmp_path / "film.edl").write_text("mine")
    answer = {"files": [{"artifact_id": "a-5", "name": "film.edl", "format": "edl", "lost": []}]}
    with pytest.raises(BadInput, match="is there already"):
        export_formats(FakeSession(video_export=answer), console()[0], Film(plan()), tmp_path / "film.mp4", flags(export=["edl"]))  # type: ignore[arg-type]
    assert (tmp_path / "film.edl").read_text() == "mine"


def test_a_saved_plan_can_be_read_again(tmp_path: Path) -> None:
    film = Film(plan("/films/clip.mp4", title="Übung"))
    save_plan(film, tmp_path / "plan.json")
    assert read_plan_file(str(tmp_path / "plan.json")) == film.plan
    assert "Übung" in (tmp_path / "plan.json").read_text(encoding="utf-8")
    assert [path.name for path in tmp_path.iterdir()] == ["plan.json"]


def test_the_same_loss_of_several_rows_is_one_line() -> None:
    lines = lost_lines("f.edl", [lost("Zoom punch", 1), lost("Zoom punch", 3), lost("Loudness", None), lost("Zoom punch", 3, "Else.")])
    assert lines == [
        "f.edl: 3 things not carried as planned", "  Zoom punch (rows 1, 3): lost. Do it.", "  Loudness: lost. Do it.",
        "  Zoom punch (row 3): lost. Else.",
    ]  # fmt: skip
    assert lost_lines("f.otio", []) == ["f.otio carries everything."]
    assert "... and 4 more" in lost_lines("f.edl", [lost(f"Thing {number}", 1) for number in range(12)])[-1]


def test_rows_say_what_is_done_and_why() -> None:
    made = plan(
        sources=[{"id": "clip", "media": "/f/a.mp4"}, {"id": "b", "media": "/f/b.mp4"}],
        segments=[SEGMENT, {**SEGMENT, "id": "s2", "source": "b", "operations": [{"op": "speed", "factor": 2}, {"op": "reverse"}]}],
    )
    lines = rows_table(made).splitlines()
    assert lines[0].split() == ["ROW", "CLIP", "FROM", "TO", "EFFECTS", "WHY"]
    assert lines[2].split() == ["2", "b.mp4", "0.00", "1.00", "speed,", "reverse", "Why."]
    many = plan(segments=[{**SEGMENT, "id": f"s{number}"} for number in range(50)])
    assert rows_table(many).endswith("... and 10 more")


def test_the_summary_has_everything() -> None:
    film = Film(plan(), notes=["Careful."], result=EDITED, files=["/out/film.mp4"], lost={"film.edl": []})
    film.versions = [{"n": 1, "score": 0.5, "changes": []}, {"n": 2, "score": 0.9, "changes": ["Cut shorter."]}]
    text = summary(film)
    for line in (
        "Note: Careful.", "film.edl carries everything.", "Version 1: 0.50", "Version 2: 0.90; Cut shorter.",
        "320x180, 25 fps, 1.0 s, made in 0.5 s by built in", "Wrote /out/film.mp4",
    ):  # fmt: skip
        assert line in text
    assert film.document()["files"] == ["/out/film.mp4"]


def test_what_a_film_is_made_of_is_never_written_over(tmp_path: Path) -> None:
    clip, link, other = tmp_path / "clip.mp4", tmp_path / "link.mp4", tmp_path / "other.mp4"
    clip.write_text("film")
    other.write_text("film")
    link.symlink_to(clip)
    for target in (clip, link):
        with pytest.raises(BadInput, match="made of"):
            require_apart([None, target], [None, "a-0123456789abcdef", str(clip)])
    require_apart([other, tmp_path / "new.mp4", None], [str(clip)])
