"""The table of engines and the reading of cards."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from backends.base import Device, EngineKind, Installed
from backends.registry import engine_of, load_cards, make_engine
from configs.errors import BadInput, Unavailable

CARD = """
  - name: {name}
    title: A model
    task: chat
    engine: {engine}
    source: {{repo: someone/model}}
    variants: [{{name: bf16, download_bytes: 10, weights_bytes: 10, working_bytes: 1}}]
    licences: [{{component: weights, name: Apache-2.0, commercial: true}}]
"""


def written(path: Path, *cards: str) -> Path:
    path.write_text("models:" + "".join(cards), encoding="utf-8")
    return path


def one(name: str = "one", engine: str = "any") -> str:
    return CARD.format(name=name, engine=engine)


def refusal(path: Path) -> str:
    with pytest.raises(BadInput) as refused:
        load_cards(paths=[path])
    return str(refused.value)


def test_the_presets_are_whole() -> None:
    cards = load_cards()
    assert all(name == card.name for name, card in cards.items())


def test_a_person_adds_and_replaces_cards(tmp_path: Path) -> None:
    presets = written(tmp_path / "models.yaml", one("one"), one("two"))
    own = written(tmp_path / "models.local.yaml", one("two", "other"), one("three"))
    cards = load_cards(paths=[presets, own, tmp_path / "absent.yaml"])
    assert {name: card.engine for name, card in cards.items()} == {"one": "any", "two": "other", "three": "any"}


def test_cards_of_the_data_folder_count(tmp_path: Path) -> None:
    written(tmp_path / "models.local.yaml", one("mine"))
    assert "mine" in load_cards(tmp_path)


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("weights_bytes: 10", "weights_bytes: 0", "card 'one', field 'variants.0.weights_bytes': input should be greater than 0, not 0."),
        ("task: chat", "task: juggling", "field 'task'"),
        ("    title: A model\n", "", "field 'title': it is missing."),
        ("title: A model", "title: A model\n    colour: red", "field 'colour': there is no such field."),
        ("{repo: someone/model}", "{}", "field 'source': give a repo, a package or a path."),
        ("- name: one\n    title", "- title", "card number 1, field 'name'"),
        ("name: one", "name: ../one", "field 'name'"),
        ("{name: bf16,", "{name: ../../bf16,", "field 'variants.0.name'"),
    ],
)
def test_a_wrong_card_is_named(tmp_path: Path, old: str, new: str, said: str) -> None:
    path = written(tmp_path / "models.yaml", one().replace(old, new))
    text = refusal(path)
    assert said in text
    assert str(path) in text
    assert "\n" not in text


def test_a_name_stands_once_in_a_file(tmp_path: Path) -> None:
    assert "two cards named 'one' (numbers 1 and 3)" in refusal(written(tmp_path / "models.yaml", one(), one("two"), one()))


def test_an_engine_is_found_by_its_name_and_must_do_the_task(tmp_path: Path) -> None:
    card = load_cards(paths=[written(tmp_path / "models.yaml", one())])["one"]
    chat = EngineKind("any", ("chat",), lambda *_: pytest.fail("made too early"))
    assert engine_of(card, [chat]) is chat
    with pytest.raises(Unavailable, match="needs the engine 'any', which this studio does not have"):
        engine_of(card, [])
    with pytest.raises(Unavailable, match=r"does not do chat\. It does: image"):
        engine_of(card, [EngineKind("any", ("image",), chat.make)])


PRESETS = load_cards()


@pytest.mark.parametrize("name", PRESETS)
def test_a_preset_says_what_a_person_must_know(name: str) -> None:
    card = PRESETS[name]
    assert card.summary
    assert card.link
    assert all(licence.url for licence in card.licences)
    assert all(form.download_bytes > 0 for form in card.variants)
    assert card.task not in ("chat", "vision-chat", "embedding") or card.context_tokens
    assert card.task not in ("embedding", "image-features") or card.dimensions
    assert card.task != "image" or card.max_pixels
    for form in card.variants:
        wider = card.stored(form)
        assert form.quantise is None or (wider.name != form.name and form.weights_bytes < wider.weights_bytes)


def test_the_presets_cover_what_the_tabs_need() -> None:
    tasks = {card.task for card in PRESETS.values()}
    assert tasks >= {
        "chat",
        "vision-chat",
        "embedding",
        "image",
        "speech-to-text",
        "text-to-speech",
        "segmentation",
        "image-features",
        "depth",
        "detection",
    }


def test_the_traps_among_licences_are_named() -> None:
    assert [name for name, card in PRESETS.items() if not card.commercial] == ["sdxl-turbo"]
    repos = {str(card.source.repo) for card in PRESETS.values()}
    assert not repos & {"Qwen/Qwen2.5-3B-Instruct", "Qwen/Qwen2.5-VL-3B-Instruct"}, "research only"
    assert not any(re.search(r"Depth-Anything-V2-(Base|Large)", repo) for repo in repos), "non-commercial"


def test_only_what_is_not_published_as_safetensors_has_an_obstacle() -> None:
    obstacles = {name: card.obstacle for name, card in PRESETS.items() if card.obstacle}
    assert list(obstacles) == ["gpt-sovits-v2proplus", "transnetv2"]
    unsafe = [
        name for name, card in PRESETS.items() for form in card.variants for file in form.files if file.endswith((".pth", ".ckpt", ".pt"))
    ]
    assert unsafe
    assert set(unsafe) <= set(obstacles)


def test_a_changed_file_is_read_again(tmp_path: Path) -> None:
    path = written(tmp_path / "models.yaml", one("first"))
    assert list(load_cards(paths=[path])) == ["first"]
    written(path, one("first"), one("second-name"))
    assert list(load_cards(paths=[path])) == ["first", "second-name"]
    path.unlink()
    assert load_cards(paths=[path]) == {}


def test_an_engine_whose_libraries_are_absent_says_how_to_get_them(tmp_path: Path) -> None:
    kind = EngineKind("odd", ("image",), lambda installed, device: pytest.fail("was made"), needs=("json", "no_such_library"))
    card = load_cards()["sdxl-base"]
    with pytest.raises(Unavailable, match="needs no_such_library, which is not installed") as caught:
        make_engine(kind, Installed(card, card.variant(), tmp_path), Device())
    assert caught.value.remedy == "Run: python3 launch.py models install sdxl-base"
