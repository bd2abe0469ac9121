"""Every route of the OpenAPI page, asked for what it should take and for what it should refuse, never fails by its own fault."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import requests
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis.config import SchemathesisConfig
from schemathesis.generation import GenerationMode

from app.api.run import StudioServer, listen
from app.api.server import create_api
from app.studio import Studio
from configs.settings import Settings

EXAMPLES = 8  # of each kind for each route: some eight hundred requests
ENDLESS = {"GET /api/events"}
WATCHED = settings(
    max_examples=EXAMPLES, derandomize=True, database=None, deadline=None, phases=[Phase.explicit, Phase.generate],
    suppress_health_check=list(HealthCheck),
)  # fmt: skip


@pytest.fixture(scope="module")
def studio(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Studio]:
    data: Path = tmp_path_factory.mktemp("data")
    chosen = Settings(data_dir=data, cpu_workers=1, headless=True, cancel_grace_s=0.5, hub_endpoint="http://127.0.0.1:9")
    with Studio.open(chosen, keep_spare=False) as opened:
        yield opened


@pytest.fixture(scope="module")
def site(studio: Studio) -> Iterator[tuple[str, dict[str, Any]]]:
    """Where the studio answers, and its OpenAPI document."""
    app = create_api(studio)
    started = threading.Event()
    sock = listen("127.0.0.1", 0)
    server = StudioServer(app, started.set)
    thread = threading.Thread(target=server.run, kwargs={"sockets": [sock]}, daemon=True)
    thread.start()
    assert started.wait(20)
    yield f"http://127.0.0.1:{sock.getsockname()[1]}", app.openapi()
    server.should_exit = True
    thread.join(15)


@pytest.mark.slow
@pytest.mark.parametrize("mode", [GenerationMode.POSITIVE, GenerationMode.NEGATIVE], ids=["right", "wrong"])
def test_no_route_fails_by_its_own_fault(site: tuple[str, dict[str, Any]], mode: GenerationMode) -> None:
    url, document = site
    schema = schemathesis.openapi.from_dict(document, config=SchemathesisConfig())
    failures: dict[str, str] = {}
    asked = 0
    with requests.Session() as session:
        for found in schema.get_all_operations():
            operation = found.ok()
            if operation.label in ENDLESS:
                continue

            @WATCHED
            @given(operation.as_strategy(generation_mode=mode))
            def ask(case: Any) -> None:
                nonlocal asked
                answer = case.call(base_url=url, session=session, timeout=30)
                asked += 1
                if answer.status_code >= 500:
                    failures[f"{case.operation.label} {answer.status_code}"] = f"{case.as_curl_command()}\n{answer.text[:300]}"

            try:
                ask()
            except Exception as error:
                if "Unsatisfi" not in type(error).__name__:  # nothing about it can be wrong
                    raise
    assert failures == {}
    assert asked > EXAMPLES * 20
