"""Speaking HTTP to a running studio: events, errors, a studio that goes away and comes back."""

from __future__ import annotations

import json
import threading
from pathlib import Path
from typing import Any

import pytest

from app import remote
from app.api.run import StudioServer, listen, reachable_at
from app.api.server import create_api
from app.remote import Gone, RemoteSession, error_of, find_running, read_events
from app.studio import Studio
from configs.errors import BadInput, BadMedia, Conflict, NotFound, Refused, StudioError, TooLarge, Unavailable


@pytest.fixture
def session(served: Any, studio: Studio) -> RemoteSession:
    return RemoteSession(served.url, studio.token, studio.settings.data_dir)


def lines(text: str) -> Any:
    return iter(text.encode().splitlines(keepends=True))


def test_events_are_read_from_the_wire() -> None:
    text = 'retry: 1000\n\n: still here\n\nid: 3\nevent: job\ndata: {"a": 1}\n\nevent: end\r\ndata: {"b": "é"}\r\n\r\n'
    assert list(read_events(lines(text))) == [("job", {"a": 1}), ("end", {"b": "é"})]


def test_an_event_cut_short_is_not_read() -> None:
    assert list(read_events(lines('event: job\ndata: {"a": 1}\n'))) == []


@pytest.mark.parametrize(
    ("status", "code", "kind", "exit_code"),
    [
        (404, "not_found", NotFound, 2),
        (404, "media_missing", NotFound, 2),
        (413, "too_large", TooLarge, 2),
        (422, "bad_input", BadInput, 2),
        (422, "bad_media", BadMedia, 2),
        (422, "media_changed", BadMedia, 2),
        (403, "refused", Refused, 2),
        (409, "conflict", Conflict, 2),
        (503, "disk_full", Unavailable, 1),
        (500, "failed", StudioError, 1),
        (418, "teapot", StudioError, 1),
    ],
)
def test_an_answer_becomes_the_error_it_stands_for(status: int, code: str, kind: type[StudioError], exit_code: int) -> None:
    error = error_of(status, json.dumps({"error": {"code": code, "message": "It is torn.", "remedy": "Mend it."}}).encode())
    assert type(error) is kind
    assert (error.code, error.message, error.remedy, error.exit_code) == (code, "It is torn.", "Mend it.", exit_code)


@pytest.mark.parametrize("body", [b"", b"<html>", b"[]", b'{"error": {}}', b'{"error": null}'])
def test_an_answer_that_is_not_ours_is_still_a_sentence(body: bytes) -> None:
    assert "502" in str(error_of(502, body))


def test_a_studio_that_does_not_answer_is_gone(tmp_path: Path) -> None:
    with listen("127.0.0.1", 0) as sock:
        url = reachable_at(sock)
    with pytest.raises(Gone, match="stopped answering") as caught:
        RemoteSession(url, "token", tmp_path).counts()
    assert url in str(caught.value)
    assert caught.value.exit_code == 1


def test_the_wrong_token_is_refused(served: Any, tmp_path: Path, studio: Studio) -> None:
    served.app.state.gate.shared = True
    with pytest.raises(StudioError, match="passphrase"):
        RemoteSession(served.url, "wrong", tmp_path).counts()


def test_finds_the_studio_that_serves_a_folder(served: Any, studio: Studio, tmp_path: Path) -> None:
    folder = studio.settings.data_dir
    assert find_running(folder) is None, "it has not said where it is"
    studio.announce(served.url)
    found = find_running(folder)
    assert found is not None
    assert found.url == served.url
    assert find_running(tmp_path / "nowhere") is None


@pytest.mark.parametrize("content", ["", "[]", "null", '{"url": 5}', '{"url": null}', '{"url": "http://127.0.0.1:9"}'])
def test_nothing_is_found_where_nothing_serves(tmp_path: Path, content: str) -> None:
    (tmp_path / "studio.json").write_text(content)
    (tmp_path / "studio.token").write_text("token")
    assert find_running(tmp_path) is None


def test_a_watcher_survives_the_restart_of_the_server(
    served: Any, session: RemoteSession, studio: Studio, gates: dict[str, threading.Event], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(remote, "AGAIN_S", 0.02)
    job_id = session.submit("test.hold", {"note": "a"})["id"]
    stream = session.follow(job_id)
    assert next(stream)[0] == "snapshot"
    served.stop()

    app, started = create_api(studio), threading.Event()
    sock = listen("127.0.0.1", 0)
    server = StudioServer(app, started.set)
    thread = threading.Thread(target=server.run, kwargs={"sockets": [sock]}, daemon=True)
    thread.start()
    assert started.wait(15)
    studio.announce(reachable_at(sock))
    gates["a"].set()
    events = list(stream)
    assert events[-1][0] == "end"
    assert events[-1][1]["state"] == "succeeded"
    server.should_exit = True
    thread.join(15)


def test_a_watcher_gives_up_after_a_while(served: Any, session: RemoteSession, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(remote, "AGAIN_S", 0.01)
    job_id = session.submit("test.hold", {"note": "a"})["id"]
    stream = session.follow(job_id)
    next(stream)
    served.stop()
    monkeypatch.setattr(remote, "PATIENCE_S", 0.0)
    session._data_dir = Path("/nowhere")
    with pytest.raises(Gone):
        list(stream)


def test_the_settings_of_a_picture_by_id_and_by_path(session: RemoteSession, studio: Studio, tmp_path: Path) -> None:
    from tests.app.imaging.infotext.files import A1111, png

    path = png(tmp_path / "a.png", parameters=A1111)
    by_path = session.picture_settings(str(path))
    assert by_path["source"] == "A1111"
    assert by_path["settings"]["steps"] == 28
    assert session.picture_settings(studio.add_path(path, "image").id) == by_path
    with pytest.raises(NotFound):
        session.picture_settings(str(tmp_path / "none.png"))
