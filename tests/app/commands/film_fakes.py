"""A studio that answers at once: for commands whose jobs are tested elsewhere."""

from __future__ import annotations

import argparse
import io
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

from app.commands.base import Console

SEGMENT = {"id": "s1", "source": "clip", "start_s": 0.0, "end_s": 1.0, "operations": [], "approved": True, "reason": "Why."}


def plan(media: str = "a-1", **more: Any) -> dict[str, Any]:
    """A whole plan in JSON."""
    from app.editing.reading import read_plan

    made: dict[str, Any] = read_plan({"sources": [{"id": "clip", "media": media}], "segments": [SEGMENT], **more}).model_dump(mode="json")
    return made


class FakeSession:
    """Answers each capability with what the test wants; keeps what was asked. ``answers``: name -> result, error or function."""

    def __init__(self, **answers: Any) -> None:
        self.answers, self.asked = answers, []  # type: ignore[var-annotated]

    def submit(self, capability: str, request: Mapping[str, Any], **options: Any) -> dict[str, Any]:
        self.asked.append((capability, dict(request), options))
        return {"id": f"j-{len(self.asked)}", "title": capability, "state": "queued", "progress": 0.0, "message": ""}

    def follow(self, job_id: str) -> Iterator[tuple[str, dict[str, Any]]]:
        capability, request, _ = self.asked[int(job_id[2:]) - 1]
        answer = self.answers[capability.replace(".", "_")]
        answer = answer(request) if isinstance(answer, Callable) else answer  # type: ignore[arg-type]
        failed = isinstance(answer, BaseException)
        found = {"state": "failed", "error": {"code": "bad_input", "message": str(answer), "remedy": ""}, "result": None}
        if not failed:
            found = {"state": "succeeded", "error": None, "result": answer}
        artifacts = [{"id": file["artifact_id"], "name": file["name"]} for file in (found["result"] or {}).get("files", [])]
        video = {name: f"a-{name}" for name in ("video", "music") if name in request}
        yield "end", {"id": job_id, "capability": capability, "request": {**request, **video}, "artifacts": artifacts, **found}

    def artifact(self, artifact_id: str) -> dict[str, Any]:
        return {"id": artifact_id, "name": f"{artifact_id}.mp4"}

    def fetch(self, artifact_id: str, target: Path) -> None:
        target.write_text(f"bytes of {artifact_id}", encoding="utf-8")


def console(*, json_mode: bool = False) -> tuple[Console, io.StringIO, io.StringIO]:
    """A console with what it says."""
    out, err = io.StringIO(), io.StringIO()
    return Console(json_mode=json_mode, out=out, err=err), out, err


def flags(**changes: Any) -> argparse.Namespace:
    """The flags of a film, as the parsers leave them."""
    usual: dict[str, Any] = {
        "goal": None, "style": None, "duration": None, "aspect": None, "planner": None, "seed": None, "music": None, "preview": False,
        "improve": None, "export": [], "judge": False, "force": False, "project": None, "template": None, "save_plan": None,
    }  # fmt: skip
    return argparse.Namespace(**{**usual, **changes})
