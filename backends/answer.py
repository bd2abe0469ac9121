"""One answer while it is made: tokens in, pieces out."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from backends.chat import ChatPiece, FinishReason, Tool, Usage
from backends.detokenise import Detokeniser, StopStrings
from backends.tool_text import Heard, ToolText, parse_calls


class Answer:
    """Turns tokens into text, thoughts and tool calls.

    Attributes:
        ended: the model said it is done, or a stop string came.
    """

    def __init__(
        self,
        decode: Callable[[Sequence[int]], str],
        ends: frozenset[int],
        stops: Sequence[str],
        tools: Sequence[Tool],
        forced: bool = False,
    ) -> None:
        """``tools`` are looked for in the text; ``forced``: the whole answer is one call as JSON."""
        self._words, self._stops, self._sorter = Detokeniser(decode), StopStrings(stops), ToolText(tools)
        self._ends, self._forced, self._made = ends, forced, ""
        self._tokens = 0
        self._called = self.ended = False

    def thinking(self, begun: bool) -> None:
        """Whether the prompt ends inside a thought."""
        if begun:
            self._sorter.mode = "thought"

    def push(self, token: int) -> ChatPiece | None:
        """What the token makes certain, if anything."""
        self._tokens += 1
        if token in self._ends:
            self.ended = True
            return None
        return self._take(self._stops.push(self._words.push(token)))

    def finish(self, prompt_tokens: int, complete: bool) -> Iterator[ChatPiece]:
        """The rest, and the last piece; ``complete`` is False when the answer was cut off at its longest."""
        if self._stops.hit is None:
            yield from self._some(self._take(self._stops.push(self._words.flush())))
            if self._stops.hit is None:
                yield from self._some(self._take(self._stops.flush()))
        if self._forced:
            calls = parse_calls(self._made, ()) if complete else ()
            yield from self._some(self._piece(Heard(calls=calls)))
        else:
            yield from self._some(self._piece(self._sorter.finish()))
        reason: FinishReason = "tool_calls" if self._called else "stop" if complete else "length"
        yield ChatPiece(finish_reason=reason, usage=Usage(prompt_tokens=prompt_tokens, completion_tokens=self._tokens))

    def _take(self, text: str) -> ChatPiece | None:
        if self._stops.hit is not None:
            self.ended = True
        if self._forced:
            self._made += text
            return None
        return self._piece(self._sorter.push(text)) if text else None

    def _piece(self, heard: Heard) -> ChatPiece | None:
        self._called = self._called or bool(heard.calls)
        if not (heard.text or heard.reasoning or heard.calls):
            return None
        return ChatPiece(text=heard.text, reasoning=heard.reasoning, tool_calls=heard.calls)

    @staticmethod
    def _some(piece: ChatPiece | None) -> Iterator[ChatPiece]:
        if piece is not None:
            yield piece
