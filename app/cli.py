"""The command line: picks the command, gives it its flags, turns what happens into one sentence and an exit code."""

from __future__ import annotations

import importlib
import os
import signal
import sys
import threading
from collections.abc import Sequence
from dataclasses import dataclass

from app.commands.base import CANCELLED, Command, Console, load
from configs.errors import BadInput, StudioError

PROGRAM = "python3 launch.py"


@dataclass(frozen=True)
class Entry:
    """A row of the table: where the command stands, and what it does in one line."""

    module: str
    summary: str


COMMANDS: dict[str, Entry] = {
    "analyze": Entry("app.commands.analyze", "find the scenes of a video; write a report, keyframes, CSV, EDL and OTIO"),
    "rank": Entry("app.commands.rank", "sort takes of one shot by how well they hold together; write a report, CSV and contact sheet"),
    "review": Entry("app.commands.review", "correct a clip's shots by hand, set markers; undo and redo"),
    "rescene": Entry("app.commands.rescene", "apply other thresholds and edits to an analysis; write all its files anew"),
    "generate": Entry("app.commands.generate", "make pictures from words, from a picture, of characters"),
    "upscale": Entry("app.commands.upscale", "enlarge a picture, by an upscaler or the built-in engine"),
    "cutout": Entry("app.commands.cutout", "take a picture's background away, with a soft edge"),
    "edit": Entry("app.commands.edit", "cut a film from a clip or a folder: from a sentence, a template or a plan; export it to editors"),
    "parody": Entry("app.commands.parody", "cut a clip anew as something dramatic, chaotic or wholesome"),
    "evaluate": Entry("app.commands.evaluate", "judge a film and say what to mend"),
    "character": Entry("app.commands.character", "make, change, export and import characters; make their reference sheets"),
    "run": Entry("app.commands.run", "run any capability by its name, with flags made from its request type"),
    "list": Entry("app.commands.capabilities", "what the studio can do"),
    "jobs": Entry("app.commands.jobs", "list, show, watch, cancel and retry jobs, or run one next"),
    "library": Entry("app.commands.library", "list, show, add, export, delete and relink files"),
    "keys": Entry("app.commands.keys", "API keys of programs that may use the gateway"),
    "models": Entry("app.commands.models", "list, install, import, remove, load, unload, pin and free models"),
    "adapters": Entry("app.commands.adapters", "list LoRAs, ControlNets, IP-Adapters, embeddings, VAEs and upscalers"),
    "projects": Entry("app.commands.projects", "list and make projects"),
    "status": Entry("app.commands.status", "machine, workers and queue at a glance"),
    "doctor": Entry("app.commands.doctor", "what works on this machine, what does not, and the command that mends it"),
}
# Handled before this program is reached; named here so that the help is whole.
ELSEWHERE = {
    "serve": "start the studio and its page (also when no command is given)",
    "test": "set up the test tools and run every test",
    "bench": "run the benchmarks",
}


def main(argv: Sequence[str]) -> int:
    """Runs one command; returns 0 done, 2 bad input, 1 failed, 130 cancelled."""
    if not argv or argv[0] in ("-h", "--help", "help"):
        print(overview())
        return 0
    if argv[0] == "--version":
        from app.version import VERSION

        print(f"Animation AI Studio {VERSION}")
        return 0
    console = Console(json_mode="--json" in argv)
    if threading.current_thread() is threading.main_thread():
        signal.signal(signal.SIGTERM, signal.default_int_handler)  # an orderly end, as for Ctrl-C
    try:
        return _run(list(argv), console)
    except StudioError as error:
        console.error(error)
        return error.exit_code
    except KeyboardInterrupt:
        console.error(StudioError("Cancelled.", code="cancelled"))
        return CANCELLED
    except BrokenPipeError:  # the reader of our output, such as `head`, has seen enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0


def _run(argv: list[str], console: Console) -> int:
    entry = COMMANDS.get(argv[0])
    if entry is None:
        known = ", ".join([*ELSEWHERE, *COMMANDS])
        raise BadInput(f"There is no command {argv[0]!r}.", f"Commands: {known}.")
    command: Command = importlib.import_module(entry.module).COMMAND
    parser = load(command, f"{PROGRAM} {argv[0]}", argv[1:])
    arguments = parser.parse_args(argv[1:])
    return command.run(arguments, console)


def overview() -> str:
    """The help of the whole program."""
    width = max(map(len, [*ELSEWHERE, *COMMANDS])) + 2
    rows = {**ELSEWHERE, **{name: entry.summary for name, entry in COMMANDS.items()}}
    lines = [f"  {name:<{width}}{summary}" for name, summary in rows.items()]
    return "\n".join(
        [
            "Animation AI Studio: generate, voice, analyse and edit animation on one machine.",
            "",
            f"usage: {PROGRAM} [COMMAND] [--json] [--data-dir DIR] ...",
            "",
            *lines,
            "",
            f"{PROGRAM} COMMAND --help explains one command. Every command takes --json (one JSON document on",
            "stdout, all else on stderr) and --data-dir. Exit codes: 0 done, 1 failed, 2 bad input, 130 cancelled.",
            "While a studio runs on the same data folder, commands hand their jobs to it.",
        ]
    )


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
