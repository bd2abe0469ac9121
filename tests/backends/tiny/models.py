"""Tiny models with random weights, saved as a download lies on the disk; the engines load them by the path of any installed model."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from backends.base import Installed
from backends.cards import ModelCard
from tests.backends.tiny import words

QWEN_TEXT = {
    "hidden_size": 64, "intermediate_size": 128, "num_hidden_layers": 2, "num_attention_heads": 4, "num_key_value_heads": 2,
    "max_position_embeddings": 512, "rope_parameters": {"rope_type": "default", "rope_theta": 10000.0},
}  # fmt: skip


def installed(folder: Path, task: str = "chat", engine: str = "transformers-chat", variant: str = "fp32", **card: Any) -> Installed:
    """The folder as a model of the store."""
    quantise = card.pop("quantise", None)
    made = ModelCard.model_validate(
        {
            "name": folder.name,
            "title": folder.name.capitalize(),
            "task": task,
            "engine": engine,
            "source": {"repo": f"tiny/{folder.name}"},
            "variants": [{"name": variant, "download_bytes": 0, "weights_bytes": 1 << 20, "working_bytes": 1 << 20, "quantise": quantise}],
            "licences": [{"component": "weights", "name": "MIT", "commercial": True}],
            **card,
        }
    )
    return Installed(made, made.variant(), folder)


def save_qwen(folder: Path, *, template: str | None = words.TEMPLATE, tied: bool = False, **sizes: Any) -> Path:
    """Qwen 2.5: a causal language model of 0.1 million parameters."""
    import torch
    from transformers import Qwen2Config, Qwen2ForCausalLM

    tokenizer = words.tokenizer(template)
    config = Qwen2Config(
        vocab_size=len(tokenizer) + 8, tie_word_embeddings=tied, eos_token_id=tokenizer.eos_token_id, pad_token_id=tokenizer.pad_token_id,
        bos_token_id=None, **{**QWEN_TEXT, **sizes},
    )  # fmt: skip
    torch.manual_seed(20)
    _save(_spread(Qwen2ForCausalLM(config)), tokenizer, folder)
    return folder


def save_qwen_vl(folder: Path) -> Path:
    """Qwen 2.5 VL: the same with a small eye."""
    import torch
    from transformers import Qwen2_5_VLConfig, Qwen2_5_VLForConditionalGeneration
    from transformers.models.qwen2_vl.image_processing_pil_qwen2_vl import Qwen2VLImageProcessorPil

    tokenizer = words.tokenizer(words.SIGHT)
    name = tokenizer.convert_tokens_to_ids
    config = Qwen2_5_VLConfig(
        text_config={
            **QWEN_TEXT, "vocab_size": len(tokenizer) + 8, "eos_token_id": tokenizer.eos_token_id, "pad_token_id": tokenizer.pad_token_id,
            "bos_token_id": None, "rope_parameters": {"rope_type": "default", "rope_theta": 10000.0, "mrope_section": [2, 3, 3]},
        },
        vision_config={
            "depth": 2, "hidden_size": 32, "intermediate_size": 64, "num_heads": 2, "patch_size": 14, "spatial_merge_size": 2,
            "temporal_patch_size": 2, "out_hidden_size": 64, "fullatt_block_indexes": [1], "window_size": 56,
        },
        image_token_id=name("<|image_pad|>"), video_token_id=name("<|video_pad|>"), vision_start_token_id=name("<|vision_start|>"),
        vision_end_token_id=name("<|vision_end|>"), tie_word_embeddings=False,
    )  # fmt: skip
    torch.manual_seed(21)
    _save(_spread(Qwen2_5_VLForConditionalGeneration(config)), tokenizer, folder)
    Qwen2VLImageProcessorPil(min_pixels=28 * 28, max_pixels=28 * 28 * 36).save_pretrained(folder)
    return folder


def save_smolvlm(folder: Path) -> Path:
    """SmolVLM: a Llama with a SigLIP eye that cuts large pictures into tiles."""
    import torch
    from transformers import SmolVLMConfig, SmolVLMForConditionalGeneration
    from transformers.models.smolvlm.image_processing_pil_smolvlm import SmolVLMImageProcessorPil

    tiles = tuple(f"<row_{row}_col_{column}>" for row in range(1, 5) for column in range(1, 5))
    tokenizer = words.tokenizer(words.SMOL, (*words.SMOL_WORDS, *tiles), "<end_of_utterance>", 500)
    config = SmolVLMConfig(
        image_token_id=tokenizer.convert_tokens_to_ids("<image>"), scale_factor=2, tie_word_embeddings=False,
        pad_token_id=tokenizer.pad_token_id,
        vision_config={
            "hidden_size": 32, "intermediate_size": 64, "num_hidden_layers": 2, "num_attention_heads": 2, "image_size": 32, "patch_size": 8,
        },
        text_config={
            "model_type": "llama", "vocab_size": len(tokenizer) + 8, "hidden_size": 64, "intermediate_size": 128, "num_hidden_layers": 2,
            "num_attention_heads": 4, "num_key_value_heads": 2, "max_position_embeddings": 1024, "pad_token_id": tokenizer.pad_token_id,
            "eos_token_id": tokenizer.eos_token_id, "bos_token_id": None,
        },
    )  # fmt: skip
    torch.manual_seed(22)
    _save(_spread(SmolVLMForConditionalGeneration(config)), tokenizer, folder)
    SmolVLMImageProcessorPil(size={"longest_edge": 64}, max_image_size={"longest_edge": 32}).save_pretrained(folder)
    return folder


def _spread(model: Any) -> Any:
    """Wider output weights: answers that differ from token to token, not one word for ever."""
    import torch

    with torch.no_grad():
        model.get_output_embeddings().weight.normal_(0, 0.6)
        model.get_input_embeddings().weight.normal_(0, 1.0)
        for name, weight in model.named_parameters():
            # What was read or seen before must weigh as much as the last word.
            if weight.dim() > 1 and any(part in name for part in ("visual", "vision", "connector", "v_proj", "o_proj")):
                weight.normal_(0, 0.3)
    return model


def _save(model: Any, tokenizer: Any, folder: Path) -> None:
    import torch

    torch.set_num_threads(1)  # for models this small, threads that wait for one another cost more than they bring
    model.generation_config.eos_token_id = tokenizer.eos_token_id
    model.generation_config.pad_token_id = tokenizer.pad_token_id
    model.save_pretrained(folder)
    tokenizer.save_pretrained(folder)


def save_sentences(folder: Path) -> Path:
    """A small BERT with mean pooling, as sentence-transformers saves it."""
    import torch
    from sentence_transformers import SentenceTransformer
    from sentence_transformers.sentence_transformer import modules
    from transformers import BertConfig, BertModel

    tokenizer = words.tokenizer(None)
    config = BertConfig(
        vocab_size=len(tokenizer), hidden_size=32, num_hidden_layers=2, num_attention_heads=2, intermediate_size=64,
        max_position_embeddings=64, pad_token_id=tokenizer.pad_token_id,
    )  # fmt: skip
    torch.manual_seed(23)
    inner = folder.parent / "inner"
    BertModel(config).save_pretrained(inner)
    tokenizer.save_pretrained(inner)
    read = modules.Transformer(str(inner), max_seq_length=48)
    SentenceTransformer(modules=[read, modules.Pooling(32)], device="cpu").save(str(folder))
    return folder
