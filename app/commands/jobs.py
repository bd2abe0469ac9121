"""`jobs`: list, show, watch, cancel, retry, next."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from app.client import Session, open_session
from app.commands import text
from app.commands.base import DONE, Command, Console, settings_of, subcommands, table
from app.commands.follow import report_end, watch
from configs.errors import BadInput
from storage.records import QUEUED, STATES

ACTIONS = {
    "list": "list jobs, newest first",
    "show": "show one job with its result, files and log",
    "watch": "follow a job until it has ended",
    "cancel": "cancel jobs",
    "retry": "queue failed, cancelled or quarantined jobs again",
    "next": "move a queued job to the front",
}


def _configure(parser: argparse.ArgumentParser, argv: Sequence[str]) -> None:
    made = subcommands(parser, ACTIONS)
    made["list"].add_argument("--state", default="", metavar="STATE,...", help=f"only these states: {', '.join(STATES)}")
    made["list"].add_argument("--capability", metavar="NAME", help="only jobs of this capability")
    made["list"].add_argument("--project", metavar="ID", help="only jobs of this project")
    made["list"].add_argument("--limit", type=int, default=20, metavar="N", help="at most N jobs (default 20)")
    made["list"].add_argument("--before", type=int, metavar="CURSOR", help="go on where a list ended")
    for name in ("show", "watch", "next"):
        made[name].add_argument("job", metavar="JOB", help="the job's id")
    for name in ("cancel", "retry"):
        made[name].add_argument("job", metavar="JOB", nargs="+", help="ids of jobs")


def _run(arguments: argparse.Namespace, console: Console) -> int:
    actions: dict[str, Callable[[Session, argparse.Namespace, Console], int]] = {
        "list": _list,
        "show": _show,
        "watch": _watch,
        "cancel": lambda *rest: _each(Session.cancel, *rest),
        "retry": lambda *rest: _each(Session.retry, *rest),
        "next": _next,
    }
    with open_session(settings_of(arguments), console.note, workers=arguments.action == "watch") as session:
        return actions[arguments.action](session, arguments, console)


def _list(session: Session, arguments: argparse.Namespace, console: Console) -> int:
    states = tuple(part.strip() for part in arguments.state.split(",") if part.strip())
    page = session.jobs(
        state=states, capability=arguments.capability, project_id=arguments.project, limit=arguments.limit, before=arguments.before
    )
    counts = session.counts()
    shown = table([_row(job) for job in page["items"]], ("JOB", "STATE", "DONE", "CREATED", "WHAT")) if page["items"] else "No jobs."
    totals = ", ".join(f"{number} {state}" for state, number in counts.items() if number)
    more = f"\nMore: --before {page['next_before']}" if page["next_before"] else ""
    console.result({**page, "counts": counts}, f"{shown}\n\n{totals or 'The queue is empty.'}{more}")
    return DONE


def _row(job: Mapping[str, Any]) -> tuple[str, ...]:
    return job["id"], job["state"], f"{job['progress']:.0%}", text.moment(job["created_at"]), text.shorten(job["title"], 60)


def _show(session: Session, arguments: argparse.Namespace, console: Console) -> int:
    job = session.job(arguments.job)
    console.result(job, describe(job))
    return DONE


def _watch(session: Session, arguments: argparse.Namespace, console: Console) -> int:
    job = watch(session, console, arguments.job)
    return report_end(console, job, lambda: describe(job))


def _next(session: Session, arguments: argparse.Namespace, console: Console) -> int:
    job = session.run_next(arguments.job)
    console.result(job, f"Job {job['id']} runs next.{_later(session, [job])}")
    return DONE


def _each(action: Callable[[Session, str], dict[str, Any]], session: Session, arguments: argparse.Namespace, console: Console) -> int:
    """Every id is looked up before anything is done, so that a wrong one changes nothing."""
    ids = list(dict.fromkeys(arguments.job))
    if not ids:
        raise BadInput("No job is named.", "Give one id or more.")
    for job_id in ids:
        session.job(job_id)
    done = [getattr(session, action.__name__)(job_id) for job_id in ids]
    lines = [
        f"Job {job['id']} is {'being cancelled' if job['cancel_requested'] and job['state'] == 'running' else job['state']}."
        for job in done
    ]
    console.result({"items": done}, "\n".join(lines) + _later(session, done))
    return DONE


def _later(session: Session, jobs: Sequence[Mapping[str, Any]]) -> str:
    waits = not session.lasting and any(job["state"] == QUEUED for job in jobs)
    return " No studio is running: start it, or use `jobs watch`." if waits else ""


def describe(job: Mapping[str, Any]) -> str:
    """Everything about one job, for a person."""
    took = None if job["finished_at"] is None or job["started_at"] is None else job["finished_at"] - job["started_at"]
    rows = {
        "job": job["id"],
        "what": job["title"],
        "capability": f"{job['capability']} ({job['engine']})",
        "state": f"{job['state']}, {job['progress']:.0%} {job['message']}".rstrip(),
        "attempt": job["attempt"],
        "created": text.moment(job["created_at"]),
        "took": text.span(took) or "-",
        **{f"  {name}": value for name, value in job["request"].items() if value is not None},
    }
    lines = [f"{name:<22}{value}" for name, value in rows.items()]
    if job["error"]:
        lines += ["", f"{job['error']['message']} {job['error']['remedy']}".strip()]
    if job["artifacts"]:
        files = [(a["id"], a["role"], text.size(a["size_bytes"]), a["name"]) for a in job["artifacts"]]
        lines += ["", table(files, ("FILE", "ROLE", "SIZE", "NAME"))]
    if job["log"]:
        lines += ["", "Log:", *(f"  {line}" for line in job["log"])]
    return "\n".join(lines)


COMMAND = Command("List, show, watch, cancel and retry jobs, or run one next.", _configure, _run)
