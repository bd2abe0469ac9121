"""Files as other programs write them, small enough to be read in a test."""

from __future__ import annotations

import json
import struct
import zlib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from PIL import Image
from PIL.PngImagePlugin import PngInfo

from app.imaging.infotext.pngs import SIGNATURE, chunk

A1111 = (
    "masterpiece, a cat in (a hat:1.2), <lora:ink_v2:0.8> by @someone\nsecond line\nNegative prompt: ugly, bad: hands\nworst\n"
    "Steps: 28, Sampler: DPM++ 2M Karras, CFG scale: 6.5, Seed: 1234567890, Size: 512x768, Model hash: 6ce0161689, "
    'Model: v1-5-pruned-emaonly, Clip skip: 2, Lora hashes: "ink_v2: 7bf2b41ac1c9, other: 01", ADetailer prompt: "a face, smiling", '
    "Version: v1.10.1"
)
INVOKE: Mapping[str, Any] = {
    "app_version": "5.6.0", "generation_mode": "sdxl_txt2img", "positive_prompt": "a lighthouse", "negative_prompt": "people",
    "width": 1152, "height": 896, "seed": 42, "rand_device": "cpu", "cfg_scale": 7.5, "steps": 30, "scheduler": "dpmpp_2m_k",
    "clip_skip": 0, "model": {"key": "1", "hash": "blake3:ab", "name": "Juggernaut XL v9", "base": "sdxl", "type": "main"},
    "loras": [{"model": {"key": "2", "name": "sea-salt"}, "weight": 0.65}], "controlnets": [{"image": {}}], "vae": {"name": "x"},
}  # fmt: skip
COMFY: Mapping[str, Any] = {
    "3": {"class_type": "KSampler", "inputs": {
        "seed": 156680208700286, "steps": 20, "cfg": 8.0, "sampler_name": "dpmpp_2m", "scheduler": "karras", "denoise": 1.0,
        "model": ["11", 0], "positive": ["6", 0], "negative": ["7", 0], "latent_image": ["5", 0]}},
    "4": {"class_type": "CheckpointLoaderSimple", "inputs": {"ckpt_name": "sdxl/sd_xl_base_1.0.safetensors"}},
    "5": {"class_type": "EmptyLatentImage", "inputs": {"width": 896, "height": 1152, "batch_size": 1}},
    "6": {"class_type": "CLIPTextEncode", "inputs": {"text": ["12", 0], "clip": ["11", 1]}},
    "7": {"class_type": "CLIPTextEncode", "inputs": {"text": "text, watermark", "clip": ["4", 1]}},
    "8": {"class_type": "VAEDecode", "inputs": {"samples": ["3", 0], "vae": ["4", 2]}},
    "9": {"class_type": "SaveImage", "inputs": {"filename_prefix": "x", "images": ["8", 0]}},
    "10": {"class_type": "LoraLoader", "inputs": {
        "lora_name": "first.safetensors", "strength_model": 0.7, "strength_clip": 0.5, "model": ["4", 0], "clip": ["4", 1]}},
    "11": {"class_type": "LoraLoader", "inputs": {
        "lora_name": "second.safetensors", "strength_model": 1.0, "strength_clip": 1.0, "model": ["10", 0], "clip": ["10", 1]}},
    "12": {"class_type": "PrimitiveStringMultiline", "inputs": {"value": "a glass bottle, galaxy"}},
}  # fmt: skip
FLUX: Mapping[str, Any] = {
    "6": {"class_type": "CLIPTextEncode", "inputs": {"text": "a fennec fox", "clip": ["11", 0]}},
    "12": {"class_type": "UNETLoader", "inputs": {"unet_name": "flux1-dev.safetensors", "weight_dtype": "default"}},
    "13": {"class_type": "SamplerCustomAdvanced", "inputs": {
        "noise": ["25", 0], "guider": ["22", 0], "sampler": ["16", 0], "sigmas": ["17", 0], "latent_image": ["27", 0]}},
    "16": {"class_type": "KSamplerSelect", "inputs": {"sampler_name": "euler"}},
    "17": {"class_type": "BasicScheduler", "inputs": {"scheduler": "simple", "steps": 24, "denoise": 1.0, "model": ["12", 0]}},
    "22": {"class_type": "BasicGuider", "inputs": {"model": ["12", 0], "conditioning": ["26", 0]}},
    "25": {"class_type": "RandomNoise", "inputs": {"noise_seed": 219670278747233}},
    "26": {"class_type": "FluxGuidance", "inputs": {"guidance": 3.5, "conditioning": ["6", 0]}},
    "27": {"class_type": "EmptySD3LatentImage", "inputs": {"width": 1024, "height": 1024, "batch_size": 1}},
}  # fmt: skip
WORKFLOW: Mapping[str, Any] = {
    "nodes": [
        {"id": 3, "type": "KSampler", "mode": 0, "widgets_values": [77, "randomize", 25, 5.5, "euler_ancestral", "normal", 1],
         "inputs": [{"name": "model", "link": 1}, {"name": "positive", "link": 4}, {"name": "negative", "link": 6},
                    {"name": "latent_image", "link": 2}]},
        {"id": 4, "type": "CheckpointLoaderSimple", "mode": 0, "widgets_values": ["dream.safetensors"], "inputs": []},
        {"id": 5, "type": "EmptyLatentImage", "mode": 0, "widgets_values": [640, 384, 1], "inputs": []},
        {"id": 6, "type": "CLIPTextEncode", "mode": 0, "widgets_values": ["a red door"], "inputs": [{"name": "clip", "link": 3}]},
        {"id": 7, "type": "CLIPTextEncode", "mode": 0, "widgets_values": ["fog"], "inputs": [{"name": "clip", "link": 5}]},
        {"id": 8, "type": "Reroute", "mode": 0, "inputs": [{"name": "", "link": 7}]},
    ],
    "links": [[1, 4, 0, 3, 0, "MODEL"], [2, 5, 0, 3, 3, "LATENT"], [3, 4, 1, 6, 0, "CLIP"], [4, 8, 0, 3, 1, "*"], [5, 4, 1, 7, 0, "CLIP"],
              [6, 7, 0, 3, 2, "CONDITIONING"], [7, 6, 0, 8, 0, "*"]],
}  # fmt: skip


def png(path: Path, size: tuple[int, int] = (64, 64), **texts: str) -> Path:
    """A PNG with text chunks, keyword -> text."""
    info = PngInfo()
    for keyword, text in texts.items():
        info.add_text(keyword.replace("__", "-"), text)
    Image.new("RGB", size, (40, 90, 160)).save(path, pnginfo=info)
    return path


def dumped(data: Mapping[str, Any]) -> str:
    return json.dumps(data)


def with_chunks(path: Path, *chunks: bytes) -> Path:
    """A PNG of one pixel with raw chunks before its pixels."""
    head = chunk(b"IHDR", struct.pack(">IIBBBBB", 1, 1, 8, 0, 0, 0, 0))
    pixels = chunk(b"IDAT", zlib.compress(b"\0\0"))
    path.write_bytes(SIGNATURE + head + b"".join(chunks) + pixels + chunk(b"IEND", b""))
    return path
