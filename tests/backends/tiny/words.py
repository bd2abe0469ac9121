"""A small real tokenizer: byte-level BPE learned from a few sentences, with the control words and chat template of the Qwen family."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

TEXTS = (
    "The quick brown fox jumps over the lazy dog while the camera pans slowly across the painted sky.",
    'A JSON object has keys and values: {"name": "get_weather", "arguments": {"city": "Paris"}}, true, false, null, 3.14.',
    "Where is the café? Das Mädchen läuft über die Brücke. こんにちは世界。 Привет, мир!",
    "You are a helpful assistant. What do you see in this picture? system user assistant tool",
) * 4
QWEN = (
    "<|endoftext|>",
    "<|im_start|>",
    "<|im_end|>",
    "<|vision_start|>",
    "<|vision_end|>",
    "<|vision_pad|>",
    "<|image_pad|>",
    "<|video_pad|>",
)
PLAIN = ("<tool_call>", "</tool_call>", "<think>", "</think>")
TEMPLATE = """\
{%- if tools %}{{- '<|im_start|>system\\n' }}
{%- if messages[0].role == 'system' %}{{- messages[0].content + '\\n\\n' }}{%- endif %}
{{- '# Tools\\n<tools>' }}{%- for tool in tools %}{{- '\\n' }}{{- tool | tojson }}{%- endfor %}{{- '\\n</tools><|im_end|>\\n' }}
{%- elif messages[0].role == 'system' %}{{- '<|im_start|>system\\n' + messages[0].content + '<|im_end|>\\n' }}{%- endif %}
{%- for message in messages %}
{%- set spoken = message.role == 'user' or (message.role == 'assistant' and not message.tool_calls) %}
{%- if spoken or (message.role == 'system' and not loop.first) %}
{{- '<|im_start|>' + message.role + '\\n' + message.content + '<|im_end|>\\n' }}
{%- elif message.role == 'assistant' %}{{- '<|im_start|>assistant\\n' + message.content }}
{%- for call in message.tool_calls %}
{{- '\\n<tool_call>\\n{"name": "' + call.function.name + '", "arguments": ' }}
{{- call.function.arguments | tojson }}{{- '}\\n</tool_call>' }}
{%- endfor %}{{- '<|im_end|>\\n' }}
{%- elif message.role == 'tool' %}
{{- '<|im_start|>user\\n<tool_response>\\n' + message.content + '\\n</tool_response><|im_end|>\\n' }}
{%- endif %}
{%- endfor %}
{%- if add_generation_prompt %}{{- '<|im_start|>assistant\\n' }}{%- if enable_thinking %}{{- '<think>\\n' }}{%- endif %}{%- endif %}"""
SIGHT = """\
{%- for message in messages %}{{- '<|im_start|>' + message.role + '\\n' }}
{%- if message.content is string %}{{- message.content }}{%- else %}
{%- for part in message.content %}
{%- if part.type == 'image' %}{{- '<|vision_start|><|image_pad|><|vision_end|>' }}{%- else %}{{- part.text }}{%- endif %}
{%- endfor %}{%- endif %}{{- '<|im_end|>\\n' }}{%- endfor %}
{%- if add_generation_prompt %}{{- '<|im_start|>assistant\\n' }}{%- endif %}"""
SMOL = """\
<|im_start|>{% for message in messages %}{{ message.role | capitalize }}:
{%- for part in message.content %}{% if part.type == 'image' %}{{ '<image>' }}{% else %}{{ ' ' + part.text }}{% endif %}
{%- endfor %}<end_of_utterance>
{% endfor %}{% if add_generation_prompt %}{{ 'Assistant:' }}{% endif %}"""
SMOL_WORDS = ("<|endoftext|>", "<|im_start|>", "<end_of_utterance>", "<fake_token_around_image>", "<image>", "<global-img>")


@lru_cache
def _learned(special: tuple[str, ...], plain: tuple[str, ...], size: int) -> str:
    from tokenizers import AddedToken, Tokenizer, decoders, models, pre_tokenizers, trainers

    made = Tokenizer(models.BPE())
    made.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    made.decoder = decoders.ByteLevel()
    trainer = trainers.BpeTrainer(
        vocab_size=size, special_tokens=list(special), initial_alphabet=pre_tokenizers.ByteLevel.alphabet(), show_progress=False
    )
    made.train_from_iterator(TEXTS, trainer)
    made.add_tokens([AddedToken(word, normalized=False) for word in plain])
    return str(made.to_str())


def tokenizer(template: str | None = TEMPLATE, special: tuple[str, ...] = QWEN, end: str = "<|im_end|>", size: int = 480) -> Any:
    """A fast tokenizer, not yet saved."""
    from tokenizers import Tokenizer
    from transformers import PreTrainedTokenizerFast

    made = PreTrainedTokenizerFast(
        tokenizer_object=Tokenizer.from_str(_learned(special, PLAIN, size)), eos_token=end, pad_token=special[0],
        extra_special_tokens=[word for word in special if word not in (end, special[0])],
    )  # fmt: skip
    made.chat_template = template
    return made
