"""The figures in Prometheus' text exposition format; a page of text needs no library."""

from __future__ import annotations

import threading
from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from typing import Any

import psutil

from app.api import model_metrics
from jobs.events import Event, EventBus
from storage.records import ENDED

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"
BUCKETS_S = (0.1, 0.5, 1.0, 5.0, 15.0, 60.0, 300.0, 1800.0, 7200.0)
Labels = Mapping[str, str]


class Durations:
    """How long ended jobs ran, as histograms per capability and state, since the server started."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._seen: dict[tuple[str, str], list[int]] = defaultdict(lambda: [0] * (len(BUCKETS_S) + 1))
        self._sums: dict[tuple[str, str], float] = defaultdict(float)

    def follow(self, bus: EventBus) -> None:
        """Counts every job that ends from now on; the sender's thread does the counting."""

        def wake() -> None:
            for event in subscription.drain():
                self.take(event)

        subscription = bus.subscribe(wake=wake)

    def take(self, event: Event) -> None:
        """Counts one event if it is the end of a job that ran."""
        if event.kind != "job" or event.data.get("state") not in ENDED:
            return
        started, finished = event.data.get("started_at"), event.data.get("finished_at")
        if started is None or finished is None:
            return
        key, took = (event.data["capability"], event.data["state"]), max(0.0, finished - started)
        with self._lock:
            self._seen[key][bisect_left(BUCKETS_S, took)] += 1
            self._sums[key] += took

    def samples(self) -> list[tuple[str, Labels, float]]:
        """(suffix, labels, value) of the cumulative histogram."""
        found: list[tuple[str, Labels, float]] = []
        with self._lock:
            for (capability, state), counts in sorted(self._seen.items()):
                labels, total = {"capability": capability, "state": state}, 0
                for bound, count in zip((*map(str, BUCKETS_S), "+Inf"), counts, strict=True):
                    total += count
                    found.append(("_bucket", {**labels, "le": bound}, total))
                found += [("_sum", labels, self._sums[(capability, state)]), ("_count", labels, total)]
        return found


def exposition(status: Mapping[str, Any], depths: Mapping[str, int], durations: Durations) -> str:
    """The whole page: jobs, lanes, workers, storage, process."""
    process = psutil.Process()
    workers: Counter[tuple[str, str]] = Counter((w["lane"], w["state"]) for w in status["workers"])
    disk = status["disk"]
    families = [
        _family("studio_info", "gauge", "The running version.", [("", {"version": status["version"]}, 1)]),
        _family("studio_uptime_seconds", "gauge", "Seconds since the studio opened.", [("", {}, status["uptime_s"])]),
        _family("studio_jobs", "gauge", "Jobs in the store by state.", [("", {"state": s}, n) for s, n in status["counts"].items()]),
        _family("studio_queue_depth", "gauge", "Waiting jobs by lane.", [("", {"lane": lane}, n) for lane, n in sorted(depths.items())]),
        _family("studio_workers", "gauge", "Worker processes by lane and state.",
                [("", {"lane": lane, "state": state}, n) for (lane, state), n in sorted(workers.items())]),
        _family("studio_worker_restarts_total", "counter", "Workers that died and were replaced, by lane.",
                [("", {"lane": lane}, n) for lane, n in sorted(status["worker_deaths"].items())]),
        _family("studio_job_duration_seconds", "histogram", "Running time of ended jobs since the server started.", durations.samples()),
        _family("studio_storage_bytes", "gauge", "Disk space the studio uses.", [("", {}, disk["used_by_studio_bytes"])]),
        _family("studio_disk_free_bytes", "gauge", "Disk space left.", [("", {}, disk["free_bytes"])]),
        _family("process_resident_memory_bytes", "gauge", "Memory of the server process.", [("", {}, process.memory_info().rss)]),
        _family("process_cpu_seconds_total", "counter", "CPU time of the server process.", [("", {}, sum(process.cpu_times()[:2]))]),
        *(_family(*family) for family in model_metrics.families(status["models"])),
    ]  # fmt: skip
    return "".join(families)


def _family(name: str, kind: str, help_text: str, samples: Iterable[tuple[str, Labels, float]]) -> str:
    lines = [f"# HELP {name} {help_text}", f"# TYPE {name} {kind}"]
    lines += [f"{name}{suffix}{_labels(labels)} {_number(value)}" for suffix, labels, value in samples]
    return "\n".join(lines) + "\n"


def _labels(labels: Labels) -> str:
    if not labels:
        return ""
    escaped = (f'{key}="{_escape(str(value))}"' for key, value in labels.items())
    return "{" + ",".join(escaped) + "}"


def _escape(value: str) -> str:
    return value.replace("\\", r"\\").replace('"', r"\"").replace("\n", r"\n")


def _number(value: float) -> str:
    return str(value) if isinstance(value, int) else repr(float(value))
