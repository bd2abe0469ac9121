"""Answers that must be JSON of a schema: masks over the vocabulary, by llguidance (MIT)."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from configs.errors import BadInput, Unavailable

if TYPE_CHECKING:
    import torch

# Free white space lets small models write blanks for ever.
_LAYOUT = {"whitespace_flexible": False, "item_separator": ", ", "key_separator": ": "}


class GrammarMaker:
    """Compiles schemas for one tokenizer; the tokenizer's table is built once."""

    def __init__(self, tokenizer_json: str, vocabulary: int, end_tokens: tuple[int, ...]) -> None:
        """``tokenizer_json`` is the file of a fast tokenizer, ``vocabulary`` the width of the model's logits."""
        llguidance = _library()
        self._matcher, self._vocabulary = llguidance.LLMatcher, vocabulary
        self._table = llguidance.LLTokenizer(tokenizer_json, n_vocab=vocabulary, eos_token=list(end_tokens) or None)

    def constraint(self, schema: Mapping[str, Any]) -> Constraint:
        """A fresh constraint for one answer; raises BadInput for what cannot be held to."""
        grammar = _grammar(self._matcher, schema, self._table)
        return Constraint(self._matcher(self._table, grammar, log_level=0), self._vocabulary)


class Constraint:
    """Which tokens may come next, in one answer."""

    def __init__(self, matcher: Any, vocabulary: int) -> None:
        self._matcher, self._vocabulary = matcher, vocabulary

    @property
    def done(self) -> bool:
        """The answer is complete and nothing may follow."""
        return bool(self._matcher.is_stopped())

    def allowed(self) -> torch.Tensor:
        """bool [vocabulary]."""
        import torch

        words = torch.zeros((self._vocabulary + 31) // 32, dtype=torch.int32)
        self._matcher.unsafe_compute_mask_ptr(words.data_ptr(), words.numel() * 4)
        bits = (words.unsqueeze(1) >> torch.arange(32, dtype=torch.int32)) & 1
        return bits.reshape(-1)[: self._vocabulary].bool()

    def accept(self, token: int) -> None:
        """The token was chosen."""
        if not self._matcher.consume_token(token):
            raise Unavailable(f"The constrained answer broke off: {first_line(self._matcher.get_error()) or 'no token may follow'}.")


def check_schema(schema: Mapping[str, Any]) -> None:
    """Raises BadInput when answers cannot be held to the schema; the sentence names the keyword."""
    _grammar(_library().LLMatcher, schema, None)


def _grammar(matcher: Any, schema: Mapping[str, Any], table: Any) -> str:
    grammar = str(matcher.grammar_from_json_schema(json.dumps(schema or {"type": "object"}), overrides=_LAYOUT))
    wrong, said = matcher.validate_grammar_with_warnings(grammar, table)
    if wrong:
        reason = first_line(said[0]).replace("Unimplemented keys", "these keywords are not supported")
        raise BadInput(f"Answers cannot be held to this JSON schema: {reason}.", "Leave that part of the schema out, or simplify it.")
    return grammar


def first_line(text: str) -> str:
    """The telling line of a library's message, without its stop."""
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    telling = [line.removeprefix("error: ") for line in lines if line.startswith("error:")] or lines
    return telling[0].rstrip(".") if telling else ""


def _library() -> Any:
    try:
        import llguidance
    except ImportError:
        raise Unavailable("JSON-schema answers need the package llguidance.", "Install requirements-models.txt.") from None
    return llguidance
