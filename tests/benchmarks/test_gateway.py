"""The gateway's benchmark: its arithmetic, and that it runs."""

from __future__ import annotations

import asyncio
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from tests.benchmarks import gateway
from tests.benchmarks.gateway_process import CARD, PIECES, Shelf, opened


def test_what_is_the_models_own_time_is_not_counted() -> None:
    first, added = gateway.judged(asked=10.0, first=10.003, last=11.006, stamps=[10.002, 10.5, 11.002])
    assert first == pytest.approx(3)
    assert added == pytest.approx(2 + 4)


def test_what_was_said_is_read_from_both_forms() -> None:
    whole = b'{"choices": [{"message": {"content": "1 2 "}}]}'
    event = b'data: {"choices":[{"delta":{"content":"%s "}}]}\n\n'
    assert gateway.text_of(whole) == gateway.text_of(event % b"1" + event % b"2" + b"data: [DONE]\n\n") == "1 2 "


def test_one_disturbed_second_does_not_decide() -> None:
    quiet, disturbed = [1.0] * gateway.CLIENTS, [100.0] * gateway.CLIENTS
    assert gateway.typical([*quiet, *disturbed, *quiet], 0.95) == 1.0
    assert gateway.typical(disturbed, 0.95) == 100.0


def test_rows_say_whether_the_target_is_met() -> None:
    rows = gateway._rows("whole", [(1.0, 9.0)] * 20, [(1.0, 3.0)] * 20)
    assert [row["ours"] for row in rows] == [9.0, 9.0, 6.0, 9.0]
    assert rows[2]["met"] is False
    assert gateway._cache([1.0] * 10)[0]["met"] is True


def test_the_model_stamps_its_pieces(tmp_path: Path) -> None:
    from backends.chat import ChatCall, Message, TextPart

    call = ChatCall(messages=(Message(role="user", parts=(TextPart(text="hi"),)),))
    with opened(tmp_path) as studio, studio.models.chat(CARD.name, call) as pieces:
        said = "".join(piece.get("text", "") for piece in pieces).split()
    assert len(said) == PIECES + 1
    assert said == sorted(said, key=float)
    assert Shelf().find("paced").card is CARD


@pytest.mark.slow
def test_clients_read_what_is_streamed_and_what_is_whole() -> None:
    with gateway._serving() as (url, _):
        for stream in (True, False):
            with ThreadPoolExecutor(1) as aside:  # a browser's test before this one may have left its loop on our thread
                sent, first, end, body = aside.submit(asyncio.run, gateway.Client(url).ask(stream=stream)).result()
            assert sent < first <= end
            assert len(gateway.text_of(body).split()) == PIECES + 1
