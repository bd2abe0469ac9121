"""The process that the gateway's benchmark measures: a studio whose one model keeps a steady pace and stamps every piece with the time."""

from __future__ import annotations

import argparse
import json
import random
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from app.api.run import StudioServer, listen, reachable_at
from app.api.server import create_api
from app.models.library import Library
from app.models.services import ModelServices
from app.studio import Studio
from backends.base import Cancelled, Device, EngineKind, Installed, IsCancelled
from backends.chat import ChatCall, ChatPiece, Message, TextPart, Usage
from backends.fakes import FakeBehaviour, FakeEngine, FakeMachine, fake_card, fake_installed
from backends.room import Room
from configs.settings import Settings
from jobs.services import Tell, Workshop

PIECES, PACE_S = 20, 0.05
CLIENTS = 50
WORDS = "Tell me about the fox that crossed the river twice and came back with a lantern. " * 3
CARD = fake_card("paced", 1000, 10)


class Paced(FakeEngine):
    """20 pieces, one every 50 ms; each is the time at which it was made, the first also the time at which the call arrived."""

    def chat(self, call: ChatCall, is_cancelled: IsCancelled) -> Iterator[ChatPiece]:
        """Pieces of a fixed pace."""
        began = time.monotonic()
        yield ChatPiece(text=f"{began:.6f} ")
        for number in range(1, PIECES + 1):
            time.sleep(max(0.0, began + number * PACE_S - time.monotonic()))
            if is_cancelled():
                raise Cancelled(self.name)
            yield ChatPiece(text=f"{time.monotonic():.6f} ")
        yield ChatPiece(finish_reason="stop", usage=Usage(prompt_tokens=50, completion_tokens=PIECES))


class Services(ModelServices):
    """The real services over a room of one paced model."""

    def start(self, data: Any, tell: Tell) -> None:
        """Makes the room."""
        machine = FakeMachine(shared=True)

        def make(installed: Installed, device: Device) -> Paced:
            return Paced(installed, device, machine, FakeBehaviour())

        self._made = Room({"fake": EngineKind("fake", ("chat",), make, concurrency=4 * CLIENTS)}, lambda name: fake_installed(CARD))


def build() -> Workshop:
    """What the model process builds."""
    return Workshop({}, Services())


class Shelf(Library):
    """The one model is installed."""

    def __init__(self) -> None:
        pass

    def installed(self) -> list[Installed]:
        """It."""
        return [fake_installed(CARD)]

    def find(self, name: str) -> Installed:
        """It."""
        return fake_installed(CARD)


def opened(folder: Path) -> Studio:
    """The studio."""
    settings = Settings(data_dir=folder, cpu_workers=1, headless=True, cancel_grace_s=0.5)
    studio = Studio.open(settings, capabilities=(), gpu_target="tests.benchmarks.gateway_process:build", keep_spare=False)
    studio.models.library = Shelf()
    studio.models.load(CARD.name)
    return studio


def serve(folder: Path) -> None:
    """Serves until stdin ends; prints its URL first."""
    sock = listen("127.0.0.1", 0)
    with opened(folder) as studio:
        server = StudioServer(create_api(studio), lambda: print(reachable_at(sock), flush=True))

        def watch() -> None:
            sys.stdin.read()
            server.should_exit = True

        threading.Thread(target=watch, daemon=True).start()
        server.run(sockets=[sock])


def direct(folder: Path, rounds: int) -> None:
    """The same calls without HTTP: `CLIENTS` threads of the studio's process ask its desk. Prints the times as JSON."""
    timings: list[list[float]] = []
    call = ChatCall(messages=(Message(role="user", parts=(TextPart(text=WORDS),)),))

    def client(studio: Studio) -> None:
        time.sleep(random.random() * PIECES * PACE_S)
        for _ in range(rounds):
            asked = time.monotonic()
            heard: list[tuple[float, str]] = []
            with studio.models.chat(CARD.name, call) as pieces:
                heard += [(time.monotonic(), piece.get("text", "")) for piece in pieces]
            stamps = [float(text) for _, text in heard if text]
            timings.append([asked, *(at for at, text in heard if text), time.monotonic(), *stamps])

    with opened(folder) as studio:
        spent = time.process_time()
        threads = [threading.Thread(target=client, args=(studio,)) for _ in range(CLIENTS)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        spent = time.process_time() - spent
    print(json.dumps({"timings": timings, "cpu_s": spent}), flush=True)


def main() -> None:
    """`serve`, or `direct ROUNDS`."""
    parser = argparse.ArgumentParser()
    parser.add_argument("what", choices=("serve", "direct"))
    parser.add_argument("--rounds", type=int, default=1)
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="bench-gateway-") as place:
        if chosen.what == "serve":
            serve(Path(place))
        else:
            direct(Path(place), chosen.rounds)


if __name__ == "__main__":
    main()
