"""One file from a hub that misbehaves: whole at the end, or a sentence and what is here is kept."""

from __future__ import annotations

import errno
import hashlib
import random
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from app.models import download
from app.models.download import CHUNK, HALF, TRIES, Stalled, Sums, Wanted, fetch, new_client
from app.models.hub import Hub
from configs.errors import NotFound, Refused, StudioError, Unavailable
from tests.app.models.fake_hub import FakeHub, serving

WEIGHTS = random.Random(4).randbytes(3 * CHUNK + 17)
SMALL = b'{"hidden_size": 64}'


class Stop(Exception):
    """What a cancelled job raises."""


@pytest.fixture
def hub() -> Iterator[FakeHub]:
    with serving(FakeHub({"model.safetensors": WEIGHTS, "sub/config.json": SMALL, "empty.txt": b""})) as running:
        yield running


class Getter:
    """Fetches files of one hub into one folder, counting what is told."""

    def __init__(self, hub: FakeHub, folder: Path) -> None:
        self.hub, self.folder = hub, folder
        self.counts: list[int] = []
        self.pauses: list[float] = []
        self.on_bytes: Callable[[int], None] = self.counts.append

    def wanted(self, name: str = "model.safetensors") -> Wanted:
        listing = Hub(self.hub.url).list_files(self.hub.repo, "main")
        file = next(file for file in listing.files if file.path == name)
        return Wanted(file.url, self.folder / name, file.size_bytes, file.sha256, file.git_sha1)

    def __call__(self, wanted: Wanted | str = "model.safetensors", **headers: str) -> str:
        wanted = self.wanted(wanted) if isinstance(wanted, str) else wanted
        with new_client() as client:
            return fetch(wanted, client, headers, self.on_bytes, self.pauses.append)

    @property
    def half(self) -> Path:
        return self.folder / f"model.safetensors{HALF}"


@pytest.fixture
def get(hub: FakeHub, tmp_path: Path) -> Getter:
    return Getter(hub, tmp_path)


def test_a_file_arrives_whole_through_a_redirect(hub: FakeHub, get: Getter) -> None:
    assert get() == hashlib.sha256(WEIGHTS).hexdigest()
    assert (get.folder / "model.safetensors").read_bytes() == WEIGHTS
    assert get.counts[-1] == len(WEIGHTS)
    assert sorted(get.counts) == get.counts
    assert sorted(path.name for path in get.folder.iterdir()) == ["model.safetensors"]


@pytest.mark.parametrize("name", ["sub/config.json", "empty.txt"])
def test_small_and_empty_files_arrive(hub: FakeHub, get: Getter, name: str) -> None:
    get(name)
    assert (get.folder / name).read_bytes() == hub.files[name]


def test_what_is_here_is_not_fetched_again(hub: FakeHub, get: Getter) -> None:
    get()
    before = len(hub.seen)
    get(get.wanted())
    assert [entry[0] for entry in hub.seen[before:]] == ["listing"]


@pytest.mark.parametrize("etags", [True, False])
@pytest.mark.parametrize("seed", range(4))
def test_a_download_cut_at_random_places_goes_on_where_it_was(hub: FakeHub, get: Getter, seed: int, etags: bool) -> None:
    dice = random.Random(seed)
    cuts = [dice.randrange(1, len(WEIGHTS) // 2) for _ in range(6)]
    hub.etags = etags
    hub.cut = lambda path, start: cuts.pop() if cuts and path == "model.safetensors" else None
    get()
    assert (get.folder / "model.safetensors").read_bytes() == WEIGHTS
    assert hub.sent <= len(WEIGHTS) + 6 * CHUNK, "little was sent twice"
    assert any(entry[1].startswith("bytes=") for entry in hub.seen)


@pytest.mark.parametrize("place", [1, 1000, CHUNK, 2 * CHUNK + 5])
def test_a_stopped_download_goes_on_in_the_next_attempt(hub: FakeHub, get: Getter, place: int) -> None:
    def stop(count: int) -> None:
        if count >= place:
            raise Stop

    get.on_bytes = stop
    with pytest.raises(Stop):
        get()
    here = get.half.stat().st_size
    assert here >= place
    get.on_bytes = get.counts.append
    get()
    assert hub.seen[-1][1] == (f"bytes={here}-" if here < len(WEIGHTS) else "")
    assert (get.folder / "model.safetensors").read_bytes() == WEIGHTS


def test_a_server_without_ranges_begins_anew(hub: FakeHub, get: Getter) -> None:
    cuts = [CHUNK + 9]
    hub.ranges = False
    hub.cut = lambda path, start: cuts.pop() if cuts else None
    get()
    assert (get.folder / "model.safetensors").read_bytes() == WEIGHTS


def test_a_file_that_changed_meanwhile_is_fetched_anew(hub: FakeHub, get: Getter) -> None:
    get.on_bytes = lambda count: (_ for _ in ()).throw(Stop) if count > CHUNK else None
    with pytest.raises(Stop):
        get()
    hub.files["model.safetensors"] = WEIGHTS[::-1]
    get.on_bytes = get.counts.append
    get()
    assert (get.folder / "model.safetensors").read_bytes() == WEIGHTS[::-1]


@pytest.mark.parametrize("name", ["model.safetensors", "sub/config.json"])
def test_damage_on_the_way_is_noticed_and_fetched_once_more(hub: FakeHub, get: Getter, name: str) -> None:
    hub.damage[name] = 1
    get(name)
    assert (get.folder / name).read_bytes() == hub.files[name]


def test_damage_that_stays_is_said(hub: FakeHub, get: Getter) -> None:
    hub.damage["model.safetensors"] = 99
    with pytest.raises(StudioError, match="arrived twice with another hash") as refused:
        get()
    assert refused.value.code == "wrong_hash"
    assert list(get.folder.iterdir()) == []


def test_a_network_that_fails_again_and_again_is_given_up_and_what_is_here_stays(hub: FakeHub, get: Getter) -> None:
    hub.cut = lambda path, start: CHUNK if start == 0 else 0
    with pytest.raises(Unavailable, match=f"failed {TRIES} times in a row") as refused:
        get()
    assert "goes on where it stopped" in refused.value.remedy
    assert get.half.stat().st_size > 0
    assert get.pauses == sorted(get.pauses)
    assert get.pauses[-1] <= download.LONGEST_PAUSE_S


@pytest.mark.parametrize("status", [429, 500, 502, 503, 504, 408])
def test_a_busy_server_is_asked_again(hub: FakeHub, get: Getter, status: int) -> None:
    hub.refuse["model.safetensors"] = [status, status]
    get()
    assert len(get.pauses) == 2


@pytest.mark.parametrize(
    ("status", "kind", "said"),
    [
        (404, NotFound, "has no file"),
        (401, Refused, "ask who downloads"),
        (403, Refused, "ask who downloads"),
        (418, Unavailable, "answered 418"),
    ],
)
def test_a_refusal_is_told_in_words(hub: FakeHub, get: Getter, status: int, kind: type[StudioError], said: str) -> None:
    hub.redirect = False
    hub.refuse["model.safetensors"] = [status]
    with pytest.raises(kind, match=said) as refused:
        get()
    assert get.pauses == []
    if kind is Refused:
        assert f"{hub.url}/{hub.repo}" in refused.value.remedy
        assert "hub_token" in refused.value.remedy


def test_the_token_goes_to_the_hub_and_not_where_it_sends_us(hub: FakeHub, get: Getter) -> None:
    get("model.safetensors", Authorization="Bearer secret")
    assert [entry[2] for entry in hub.seen if entry[0] == "model.safetensors"] == [""], "another host"
    hub.redirect = False
    get.half.parent.joinpath("model.safetensors").unlink()
    get("model.safetensors", Authorization="Bearer secret")
    assert hub.seen[-1][2] == "Bearer secret"


def test_a_connection_that_stands_still_can_be_left(hub: FakeHub, get: Getter) -> None:
    """What decides is that the callback is asked while nothing comes."""
    hub.hold = threading.Event()
    asked: list[int] = []

    def impatient(count: int) -> None:
        asked.append(count)
        if len(asked) > 2:
            raise Stop

    get.on_bytes = impatient
    with pytest.raises(Stop):
        get()


def test_a_full_disk_is_said_and_what_is_here_stays(hub: FakeHub, get: Getter, monkeypatch: pytest.MonkeyPatch) -> None:
    really = Sums.add

    def full(self: Sums, chunk: bytes) -> None:
        really(self, chunk)
        if self.count > CHUNK:
            raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(Sums, "add", full)
    with pytest.raises(Unavailable, match=r"The disk became full while model\.safetensors") as refused:
        get()
    assert refused.value.code == "disk_full"
    monkeypatch.setattr(Sums, "add", really)
    get()
    assert (get.folder / "model.safetensors").read_bytes() == WEIGHTS


def test_a_half_that_is_too_long_is_thrown_away(hub: FakeHub, get: Getter) -> None:
    get.half.write_bytes(WEIGHTS + b"more")
    get()
    assert (get.folder / "model.safetensors").read_bytes() == WEIGHTS


def test_a_half_of_other_bytes_is_noticed_by_the_hash(hub: FakeHub, get: Getter) -> None:
    get.half.write_bytes(b"x" * (CHUNK * 2))
    hub.etags = False
    get()
    assert (get.folder / "model.safetensors").read_bytes() == WEIGHTS


def test_a_half_that_is_the_whole_needs_no_request(hub: FakeHub, get: Getter) -> None:
    wanted = get.wanted()
    get.half.write_bytes(WEIGHTS)
    before = len(hub.seen)
    get(wanted)
    assert len(hub.seen) == before


def test_a_server_that_gives_another_range_is_not_believed(tmp_path: Path) -> None:
    part = download.Part(Wanted("http://x/", tmp_path / "f", 10 * CHUNK))
    part.half.write_bytes(b"x")
    answer: Any = type("Answer", (), {"status_code": 206, "headers": {"content-range": "bytes 5-9/10"}})()
    with pytest.raises(Stalled, match="instead of what was asked for"):
        part.accept(answer, 1)
    assert not part.half.exists()


def test_a_weak_etag_promises_nothing(tmp_path: Path) -> None:
    part = download.Part(Wanted("http://x/", tmp_path / "f", 10))
    part._write_note('W/"abc"')
    assert part.range_headers(5) == {"Range": "bytes=5-"}
    part._write_note('"abc"')
    assert part.range_headers(5) == {"Range": "bytes=5-", "If-Range": '"abc"'}
    part._note.write_text("damaged")
    assert part.range_headers(5) == {"Range": "bytes=5-"}
