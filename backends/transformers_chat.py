"""Chat with a causal language model in this process, by transformers."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from backends.answer import Answer
from backends.base import Device, Footprint, Installed, IsCancelled, OnStep, Shape
from backends.chat import ChatCall, ChatPiece
from backends.chat_prompt import call_schema, encode, offered, render, turns
from backends.constrained import Constraint, GrammarMaker
from backends.slab_engine import SlabEngine
from backends.token_loop import PIECE, Prompt, TokenLoop
from backends.transformers_load import SAFE, load_model
from configs.errors import BadInput, BadMedia, Conflict

SMALL_PIECE = 64  # tokens of the prompt in one pass once memory ran out


class TransformersChat(SlabEngine):
    """One language model.

    Attributes:
        notes: what the user should know of how it was loaded, e.g. that NF4 could not be used.
        state: "installed", "parked" or "resident".
    """

    auto_class = "AutoModelForCausalLM"
    pictures = False

    def __init__(self, installed: Installed, device: Device) -> None:
        super().__init__(installed, device)
        self.notes = list[str]()
        self._tokenizer: Any = None
        self._loop: TokenLoop | None = None
        self._grammars: GrammarMaker | None = None
        self._reading = threading.Lock()  # a tokenizer keeps in itself how control words are read

    # --- memory -------------------------------------------------------------------------------------------------------------------

    def load(self, on_step: OnStep) -> Footprint:
        """Disk to host memory; see `backends.base.Engine.load`."""
        import transformers

        self.notes = []
        try:
            self._load_words()
            model = load_model(getattr(transformers, self.auto_class), self.installed, self.device, on_step, self.notes)
        except BaseException:
            self._tokenizer = None
            raise
        self._model, self._loop = model, TokenLoop(model)
        return self.park()

    def forget(self) -> None:
        """The tokenizer, the loop and the grammars."""
        self._tokenizer = self._loop = self._grammars = None

    def working_bytes(self, operation: str, shape: Shape) -> int:
        """Keys and values of all tokens, the widest layer of one piece of the prompt, and the scores."""
        if self._model is None:
            return self.installed.variant.working_bytes
        config = self._model.config.get_text_config()
        tokens = min(shape.get("tokens", self.context_tokens), self.context_tokens)
        width = self._model.dtype.itemsize
        heads = getattr(config, "num_key_value_heads", None) or config.num_attention_heads
        head = getattr(config, "head_dim", None) or config.hidden_size // config.num_attention_heads
        kept = 2 * config.num_hidden_layers * heads * head * width * tokens
        piece = min(tokens, self._loop.piece if self._loop else PIECE)
        wide = piece * (4 * config.hidden_size + 3 * (getattr(config, "intermediate_size", None) or 4 * config.hidden_size)) * width
        return int(kept + wide + 4 * 4 * config.vocab_size)

    def relieve(self, level: int) -> bool:
        """Reads prompts in smaller pieces."""
        if level > 1 or self._loop is None or self._loop.piece <= SMALL_PIECE:
            return False
        self._loop.piece = SMALL_PIECE
        return True

    # --- chat ---------------------------------------------------------------------------------------------------------------------

    @property
    def context_tokens(self) -> int:
        """Tokens of prompt and answer together."""
        config = self._model.config.get_text_config() if self._model is not None else None
        known: int | None = getattr(config, "max_position_embeddings", None)
        limits = [limit for limit in (self.installed.card.context_tokens, known) if limit]
        return int(min(limits)) if limits else 2048

    def chat(self, call: ChatCall, is_cancelled: IsCancelled) -> Iterator[ChatPiece]:
        """Pieces as they are made; what is wrong with the call is raised before the first."""
        self._ready()
        if call.has_images and not self.pictures:
            raise BadInput(f"{self.installed.card.title} does not see pictures.", "Choose a model with the task vision-chat.")
        tools, forced = offered(call), call_schema(call)
        schema = forced if forced is not None else call.json_schema
        constraint = None if schema is None else self._constraint(schema)
        prompt, thinking = self._prompt(call)
        limit = self._room(prompt, call)
        free = schema is None
        answer = Answer(self._decode, self._ends(), call.stop if forced is None else (), tools if free else (), forced is not None)
        answer.thinking(thinking)
        return self._pieces(call, prompt, answer, constraint, limit, is_cancelled)

    def _pieces(
        self, call: ChatCall, prompt: Prompt, answer: Answer, constraint: Constraint | None, limit: int, is_cancelled: IsCancelled
    ) -> Iterator[ChatPiece]:
        from backends.sampling import Sampler

        assert self._loop is not None
        sampler = Sampler(call.temperature, call.top_p, call.seed, prompt.tokens.device)
        tokens = self._loop.run(prompt, sampler, is_cancelled, constraint, limit)
        complete = False
        for token in tokens:
            piece = answer.push(token)
            if piece is not None:
                yield piece
            complete = constraint is not None and constraint.done
            if answer.ended:
                break
        tokens.close()  # type: ignore[attr-defined]
        yield from answer.finish(prompt.tokens.shape[1], complete or answer.ended)

    def _room(self, prompt: Prompt, call: ChatCall) -> int:
        given, most = int(prompt.tokens.shape[1]), self.context_tokens
        if given >= most:
            raise BadInput(
                f"The conversation has {given} tokens, and {self.installed.card.title} has room for {most}, its answer included.",
                "Shorten it, or choose a model with a longer context.", "context_length_exceeded",
            )  # fmt: skip
        return min(most - given, call.max_tokens or most - given)

    def _prompt(self, call: ChatCall) -> tuple[Prompt, bool]:
        """The prompt, and whether it ends inside a thought."""
        import torch

        text = self._render(call)
        tokens = torch.tensor([self._encode(text)], device=self.device.name)
        return Prompt(tokens, {}), text.rstrip().endswith("<think>")

    def _render(self, call: ChatCall) -> str:
        forced = call_schema(call) is not None
        free = call.json_schema is None and not forced
        made = turns(call, pictures=self.pictures, tools_known="tools" in str(self._tokenizer.chat_template))
        thinking = free and bool(self.installed.card.defaults.get("thinking", False))
        text = render(self._tokenizer, made, offered(call), thinking)
        if not free and text.rstrip().endswith("<think>"):
            text = text.rstrip() + "\n\n</think>\n\n"
        return text + "<tool_call>\n" if forced else text

    def _constraint(self, schema: Mapping[str, Any]) -> Constraint:
        if self._grammars is None:
            width = self._model.get_output_embeddings().out_features
            self._grammars = GrammarMaker(self._tokenizer.backend_tokenizer.to_str(), width, tuple(sorted(self._ends())))
        return self._grammars.constraint(schema)

    def _ends(self) -> frozenset[int]:
        """Tokens that end an answer."""
        told = self._model.generation_config.eos_token_id
        ends = told if isinstance(told, list) else [told]
        return frozenset(int(end) for end in (*ends, self._tokenizer.eos_token_id) if end is not None)

    def _encode(self, text: str) -> list[int]:
        with self._reading:
            return encode(self._tokenizer, text)

    def _decode(self, tokens: Any) -> str:
        return str(self._tokenizer.decode(tokens, skip_special_tokens=True, clean_up_tokenization_spaces=False))

    def _load_words(self) -> None:
        """The tokenizer; raises BadMedia when it is damaged or of no chat model."""
        from transformers import AutoTokenizer

        title = self.installed.card.title
        try:
            self._tokenizer = AutoTokenizer.from_pretrained(self.installed.folder, use_fast=True, **SAFE)
        except Exception as error:
            said = str(error).strip().splitlines()[:1] or [type(error).__name__]
            sentence = f"The tokenizer of {title} cannot be read: {said[0].rstrip('.')}."
            raise BadMedia(sentence, "Install the model again.", "damaged") from None
        self._tokenizer.chat_template = self._tokenizer.chat_template or _older_template(self.installed.folder)
        if not self._tokenizer.chat_template:
            raise BadInput(f"{title} is no chat model: its tokenizer has no chat template.", "Choose a model tuned for chat.")

    def _ready(self) -> None:
        if self.state != "resident":
            raise Conflict(f"{self.installed.card.title} is not on its device.", "Lease it from the room of models before calling it.")


def _older_template(folder: Path) -> str | None:
    """Models that see used to keep their template beside the tokenizer, in chat_template.json."""
    try:
        return str(json.loads((folder / "chat_template.json").read_text(encoding="utf-8"))["chat_template"])
    except (OSError, ValueError, KeyError, TypeError):
        return None
