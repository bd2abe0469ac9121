"""The benchmarks, side by side with the peers: `python3 launch.py bench [name ...] [--quick] [--json]`."""

from __future__ import annotations

import argparse
import importlib.util
import json
import os
import platform
import shutil
import sys
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
COLUMNS = ("what", "ours", "peer", "ratio", "target", "met")

# name -> (file beside this one, what it measures); each file has `run(quick: bool) -> list[dict]` with the columns above.
TABLE: dict[str, tuple[str, str]] = {
    "start": ("start.py", "set-up, second start and idling, beside a bare Gradio page"),
    "queue": ("job_queue.py", "the job store beside a bare fsync and its peers; round trips, recovery, idling"),
    "analysis": ("analysis.py", "analysing a clip beside PySceneDetect and a bare decode"),
    "one_pass": ("one_pass.py", "the five analyses in one pass beside PySceneDetect's one detector"),
    "long_film": ("long_film.py", "memory over a two-hour film with sound"),
    "accuracy": ("accuracy.py", "how true the analysis is, on films whose truth is known, beside the peers"),
    "engines": ("engines.py", "what the engines of models add to their libraries"),
    "gateway": ("gateway.py", "what the gateway adds to a call at 50 at once, and answers from the cache"),
    "scheduler": ("scheduler.py", "the model scheduler: a million random events, a busy day beside first come first served, learning"),
    "images": ("images.py", "pictures beside plain diffusers: time, kept states, previews, going on, LoRAs; full size on an NVIDIA GPU"),
    "gpu_models": ("gpu_models.py", "switching full-size models on an NVIDIA GPU, where there is one"),
    "render": ("render.py", "rendering films beside a graph by hand, encoding alone and MoviePy; what is kept, copied and previewed"),
    "judge": ("judge.py", "whether the judge ranks damaged films below their originals"),
    "consistency": ("consistency.py", "whether characters are told apart, and damaged and repeated pictures from good ones"),
    "page": ("page.py", "how quickly the page responds"),
}


def machine() -> dict[str, Any]:
    """The machine in words and numbers; sizes in bytes."""
    import psutil

    return {
        "cpu": _cpu_name(),
        "cores": os.cpu_count(),
        "memory_bytes": psutil.virtual_memory().total,
        "disk_free_bytes": shutil.disk_usage(HERE).free,
        "os": platform.platform(terse=True),
        "python": platform.python_version(),
    }


def _cpu_name() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        return platform.processor() or platform.machine()
    return next((line.split(":", 1)[1].strip() for line in lines if line.startswith("model name")), platform.machine())


def machine_line(facts: Mapping[str, Any]) -> str:
    """One line for people."""
    memory, disk = facts["memory_bytes"] / 2**30, facts["disk_free_bytes"] / 2**30
    parts = (facts["cpu"], f"{facts['cores']} cores", f"{memory:.1f} GiB memory", f"{disk:.0f} GiB disk free", facts["os"])
    return ", ".join((*parts, f"Python {facts['python']}"))


def show(value: Any) -> str:
    """A cell: numbers with three significant digits, truth as yes and no."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "NO"
    if isinstance(value, float):
        return f"{value:.3g}" if abs(value) < 1000 else f"{value:,.0f}"
    return str(value)


def table(rows: Sequence[Mapping[str, Any]]) -> str:
    """A Markdown table, padded so that it also reads well in a terminal; columns nobody filled are left out."""
    extra = [key for row in rows for key in row if key not in COLUMNS]
    columns = [c for c in (*COLUMNS, *dict.fromkeys(extra)) if any(row.get(c) is not None for row in rows)]
    lines = [columns, *([show(row.get(c)) for c in columns] for row in rows)]
    widths = [max(len(line[i]) for line in lines) for i in range(len(columns))]

    def drawn(cells: Sequence[str]) -> str:
        return "| " + " | ".join(cell.ljust(width) for cell, width in zip(cells, widths, strict=True)) + " |"

    return "\n".join([drawn(lines[0]), "|" + "|".join("-" * (w + 2) for w in widths) + "|", *map(drawn, lines[1:])])


def measure(name: str, quick: bool) -> list[dict[str, Any]]:
    """Loads one benchmark from its file and runs it."""
    file = HERE / TABLE[name][0]
    spec = importlib.util.spec_from_file_location(f"benchmark_{name}", file)
    if spec is None or spec.loader is None:
        raise FileNotFoundError(file)
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    rows: list[dict[str, Any]] = module.run(quick)
    return rows


def main(argv: Sequence[str]) -> int:
    """Returns 0, 2 for an unknown name, or 1 when a target was missed."""
    parser = argparse.ArgumentParser(prog="launch.py bench", description=__doc__)
    parser.add_argument("name", nargs="*", help="; ".join(f"{name}: {what}" for name, (_, what) in TABLE.items()))
    parser.add_argument("--quick", action="store_true", help="small sizes, to see that it runs; not for figures")
    parser.add_argument("--json", action="store_true", help="one JSON document on stdout")
    chosen = parser.parse_args(argv)
    unknown = [name for name in chosen.name if name not in TABLE]
    if unknown:
        print(f"There is no benchmark {unknown[0]!r}: choose among {', '.join(TABLE)}.", file=sys.stderr)
        return 2
    facts = machine()
    document: dict[str, Any] = {"machine": facts, "quick": chosen.quick, "benchmarks": {}}
    if not chosen.json:
        print(machine_line(facts))
    for name in chosen.name or TABLE:
        print(f"{name}: {TABLE[name][1]} ...", file=sys.stderr, flush=True)
        began = time.monotonic()
        rows = measure(name, chosen.quick)
        document["benchmarks"][name] = {"rows": rows, "seconds": round(time.monotonic() - began, 1)}
        if not chosen.json:
            print(f"\n## {name}: {TABLE[name][1]}\n\n{table(rows)}", flush=True)
    if chosen.json:
        print(json.dumps(document, indent=1))
    missed = [row for part in document["benchmarks"].values() for row in part["rows"] if row.get("met") is False]
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
