"""The text is that of A1111, character by character."""

from __future__ import annotations

from app.imaging.infotext.wording import infotext, quoted


def test_everything_in_its_place() -> None:
    text = infotext({
        "request": {
            "prompt": "unused", "negative": "ugly, bad", "steps": 28, "guidance": 6.5, "sampler": "dpmpp_2m", "schedule": "karras",
            "clip_skip": 2, "strength": 0.55, "image": "a-1", "model": "sdxl-base",
        },
        "prompt": "a cat", "seed": 77, "width": 512, "height": 768, "model_hash": "31e35c80fc4829d14f90153f4c74cd59c90b779f",
        "loras": [{"name": "ink", "weight": 0.8, "hash": "7bf2b41ac1c9ffff"}], "version": "1.2.3", "engine": "diffusers, PyTorch",
    })  # fmt: skip
    assert text == (
        "a cat <lora:ink:0.8>\n"
        "Negative prompt: ugly, bad\n"
        "Steps: 28, Sampler: DPM++ 2M, Schedule type: Karras, CFG scale: 6.5, Seed: 77, Size: 512x768, Model hash: 31e35c80fc, "
        'Model: sdxl-base, Denoising strength: 0.55, Clip skip: 2, Lora hashes: "ink: 7bf2b41ac1c9", Engine: "diffusers, PyTorch", '
        "Version: Animation AI Studio 1.2.3"
    )


def test_what_is_not_known_is_left_out() -> None:
    text = infotext({"prompt": "a cat", "seed": 1, "request": {"clip_skip": 1, "sampler": "", "strength": 0.6}})
    assert text.startswith("a cat\nSeed: 1, Version: ")
    for name in ("Negative", "Clip skip", "Sampler", "Denoising", "Steps"):
        assert name not in text


def test_whole_numbers_have_no_point() -> None:
    assert "CFG scale: 7, " in infotext({"request": {"guidance": 7.0}, "seed": 1})
    assert "CFG scale: 0, " in infotext({"request": {"guidance": 0.0}, "seed": 1})


def test_the_text_encoders_weight_comes_first() -> None:
    assert "<lora:ink:0.5:1>" in infotext({"prompt": "x", "loras": [{"name": "ink", "weight": 1.0, "text_weight": 0.5}]})


def test_values_that_could_be_mistaken_are_quoted() -> None:
    assert quoted("plain text") == "plain text"
    assert quoted("a, b") == '"a, b"'
    assert quoted('say "hi": \n') == '"say \\"hi\\": \\n"'
    assert quoted(3) == "3"


def test_no_character_can_break_the_chunk() -> None:
    assert "\0" not in infotext({"prompt": "a\0b"})
    infotext({"prompt": "half \ud83d"}).encode()
