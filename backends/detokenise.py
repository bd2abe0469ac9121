"""Tokens to text while they come: whole characters only, and nothing that may be the start of a stop string."""

from __future__ import annotations

from collections.abc import Callable, Sequence

LOST = "\ufffd"  # what decoders write for bytes that are no character (yet)
LONGEST_UNFINISHED = 3  # a UTF-8 character has four bytes, so at most three wait for the rest


class Detokeniser:
    """Decodes a growing row of tokens; each `push` returns the text that is certain by then.

    A short window is decoded again with each token, because decoders treat the first token of a row differently
    (the method of the text-generation servers).
    """

    def __init__(self, decode: Callable[[Sequence[int]], str]) -> None:
        self._decode = decode
        self._tokens: list[int] = []
        self._start = self._read = self._sent = 0  # window, tokens whose text is out, characters of the window that are out

    def push(self, token: int) -> str:
        """The text that this token makes certain; "" in the middle of a character."""
        self._tokens.append(token)
        text = self._decode(self._tokens[self._start :])
        unfinished = len(text) - len(text.rstrip(LOST))
        certain = text[: len(text) - min(unfinished, LONGEST_UNFINISHED)]
        out, self._sent = certain[self._sent :], max(self._sent, len(certain))
        if not unfinished:
            self._start, self._read = self._read, len(self._tokens)
            self._sent = len(self._decode(self._tokens[self._start :]))
        return out

    def flush(self) -> str:
        """What was held back; nothing may be pushed afterwards."""
        return self._decode(self._tokens[self._start :])[self._sent :]


class StopStrings:
    """Lets text through up to the first stop string; holds back an end that may become one.

    Attributes:
        hit: the stop string that was found, or None.
    """

    def __init__(self, stops: Sequence[str]) -> None:
        self._stops = tuple(stop for stop in stops if stop)
        self._held = ""
        self.hit: str | None = None

    def push(self, text: str) -> str:
        """The part that may be shown."""
        if self.hit is not None:
            return ""
        if not self._stops:
            return text
        self._held += text
        found = [(at, stop) for stop in self._stops if (at := self._held.find(stop)) >= 0]
        if found:
            at, self.hit = min(found, key=lambda pair: pair[0])
            out, self._held = self._held[:at], ""
            return out
        keep = held_back(self._held, self._stops)
        out, self._held = self._held[: len(self._held) - keep], self._held[len(self._held) - keep :]
        return out

    def flush(self) -> str:
        """What was held back and has not become a stop string."""
        out, self._held = self._held, ""
        return out


def held_back(text: str, marks: Sequence[str]) -> int:
    """Length of the longest end of ``text`` that is the start of a mark."""
    longest = min(len(text), max((len(mark) for mark in marks), default=1) - 1)
    for length in range(longest, 0, -1):
        if any(mark.startswith(text[-length:]) for mark in marks):
            return length
    return 0
