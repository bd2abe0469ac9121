"""Control maps steer pictures: each map, kind, weight and range by itself and together."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

torch = pytest.importorskip("torch")
np = pytest.importorskip("numpy")
pytest.importorskip("diffusers")

from PIL import Image  # noqa: E402

from backends.base import Device  # noqa: E402
from backends.diffusion import controls as module  # noqa: E402
from backends.diffusion.controls import Controls  # noqa: E402
from backends.images import ControlInput  # noqa: E402
from configs.errors import BadInput, BadMedia  # noqa: E402
from tests.backends.tiny import pictures, pipes  # noqa: E402

STRIPES = Image.fromarray(((np.indices((64, 64)).sum(0) % 16 < 8) * 255).astype("uint8"))
WHITE = Image.new("L", (64, 64), 255)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("controls")
    pictures.save_sdxl(made / "sdxl")
    pictures.save_controlnet(made / "plain")
    pictures.save_controlnet(made / "other.safetensors")
    pictures.save_controlnet(made / "union", union=True)
    return made


@pytest.fixture(scope="module")
def pipe(folder: Path) -> Any:
    return pipes.sdxl(folder / "sdxl")


@pytest.fixture
def controls(pipe: Any) -> Controls:
    return Controls(pipe, Device())


@pytest.fixture(scope="module")
def free(pipe: Any) -> Any:
    return pipes.paint(pipe)


def use(folder: Path, name: str = "plain", image: Any = STRIPES, kind: str = "canny", **settings: Any) -> ControlInput:
    return ControlInput(kind, image, folder / name, **settings)


def differ(one: Any, other: Any) -> bool:
    return float(abs(one - other).max()) > 0.005


def test_another_map_is_another_picture(pipe: Any, controls: Controls, folder: Path, free: Any) -> None:
    striped = pipes.guided(pipe, controls.prepare([use(folder)]))
    assert differ(striped, free)
    assert differ(striped, pipes.guided(pipe, controls.prepare([use(folder, image=WHITE)])))
    assert differ(striped, pipes.guided(pipe, controls.prepare([use(folder, weight=0.3)])))
    assert bool((striped == pipes.guided(pipe, controls.prepare([use(folder)]))).all()), "and the same again, bit for bit"


def test_weight_0_and_no_control_are_no_control(controls: Controls, folder: Path) -> None:
    for given in ((), (use(folder, weight=0.0),)):
        plan = controls.prepare(given)
        assert (plan.nets, plan.arguments, plan.pipeline) == (None, {}, "")


def test_start_and_end_are_kept(pipe: Any, controls: Controls, folder: Path) -> None:
    def states(**span: float) -> list[Any]:
        seen: list[Any] = []

        def keep(_: Any, step: int, __: Any, values: dict[str, Any]) -> dict[str, Any]:
            seen.append(values["latents"].clone())
            return {}

        pipes.guided(pipe, controls.prepare([use(folder, **span)]), steps=4, callback_on_step_end=keep)
        return seen

    whole, none, late, early = states(), states(start=0.99), states(start=0.5), states(end=0.5)
    assert all(torch.equal(late[step], none[step]) for step in (0, 1)), "not before its start"
    assert not torch.equal(late[2], none[2])
    assert all(torch.equal(early[step], whole[step]) for step in (0, 1))
    assert not torch.equal(early[2], whole[2]), "not after its end"


def test_several_at_once(pipe: Any, controls: Controls, folder: Path) -> None:
    both = [use(folder), use(folder, "other.safetensors", WHITE, weight=0.6, start=0.2)]
    plan = controls.prepare(both)
    assert (plan.pipeline, len(plan.nets)) == ("controlnet", 2)
    assert plan.arguments["controlnet_conditioning_scale"] == [1.0, 0.6]
    assert plan.arguments["control_guidance_start"] == [0.0, 0.2]
    made = pipes.guided(pipe, plan)
    for alone in both:
        assert differ(made, pipes.guided(pipe, controls.prepare([alone])))


@pytest.mark.parametrize(("name", "arguments"), [("Img2Img", {}), ("Inpaint", {"mask_image": WHITE})])
@pytest.mark.parametrize("net", ["plain", "union"])
def test_pictures_can_be_started_from(pipe: Any, controls: Controls, folder: Path, name: str, arguments: dict[str, Any], net: str) -> None:
    start = {"image": Image.new("RGB", (64, 64), "red"), "strength": 0.7, **arguments}
    made = [
        pipes.guided(pipe, controls.prepare([use(folder, net, image)], from_picture=True), name, steps=3, **start)
        for image in (STRIPES, WHITE)
    ]
    assert differ(*made)


def test_a_union_model_reads_each_kind_in_its_own_way(pipe: Any, controls: Controls, folder: Path) -> None:
    made = {
        kind: pipes.guided(pipe, controls.prepare([use(folder, "union", kind=kind)])).tobytes()
        for kind in ("pose", "depth", "canny", "normal")
    }
    assert len(set(made.values())) == 4
    assert controls.prepare([use(folder, "union", kind="lineart")]).arguments["control_mode"] == [3], "lines share a branch with edges"


def test_union_maps_go_through_in_one_pass_or_with_weights_of_their_own(pipe: Any, controls: Controls, folder: Path) -> None:
    pair = [use(folder, "union", kind="canny"), use(folder, "union", WHITE, "depth")]
    together = controls.prepare(pair)
    assert (type(together.nets).__name__, together.arguments["control_mode"]) == ("ControlNetUnionModel", [3, 1])
    apart = controls.prepare([pair[0], use(folder, "union", WHITE, "depth", weight=0.4, end=0.6)])
    assert len(apart.nets) == 2
    assert apart.nets[0] is apart.nets[1], "loaded once"
    same_branch = controls.prepare([use(folder, "union", kind="canny"), use(folder, "union", WHITE, "lineart")])
    assert len(same_branch.nets) == 2
    assert len({pipes.guided(pipe, plan).tobytes() for plan in (together, apart, same_branch)}) == 3


def test_a_pair_of_union_maps_keeps_weight_and_range(pipe: Any, controls: Controls, folder: Path) -> None:
    """A pass that maps share would let them guide at full strength, whenever it is."""
    span = {"start": 0.9, "weight": 0.5}
    pair = [use(folder, "union", kind="canny", **span), use(folder, "union", WHITE, "depth", **span)]
    plan = controls.prepare(pair)
    assert len(plan.nets) == 2
    assert bool((pipes.guided(pipe, plan, steps=4) == pipes.paint(pipe, steps=4)).all()), "the last tenth of four steps is none of them"


def test_a_union_model_beside_others(pipe: Any, controls: Controls, folder: Path) -> None:
    alone = controls.prepare([use(folder, "union", kind="depth")])
    wanted = pipes.guided(pipe, alone)
    as_one = controls.prepare([use(folder, "union", kind="depth"), use(folder, weight=1e-9)])
    assert (as_one.pipeline, len(as_one.nets)) == ("controlnet", 2)
    assert float(abs(pipes.guided(pipe, as_one) - wanted).max()) < 0.01, "its branch is the same ControlNet"
    both = pipes.guided(pipe, controls.prepare([use(folder, "union", kind="depth"), use(folder)]))
    assert differ(both, wanted)


def test_nets_are_kept_for_the_next_picture(controls: Controls, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    loaded: list[str] = []
    real = module.load_net
    monkeypatch.setattr(module, "load_net", lambda path, *rest: (loaded.append(path.name), real(path, *rest))[1])
    controls.prepare([use(folder)])
    controls.prepare([use(folder, image=WHITE)])
    controls.prepare([use(folder), use(folder, "other.safetensors", WHITE)])
    assert loaded == ["plain", "other.safetensors"]
    controls.prepare([])
    controls.prepare([use(folder)])
    assert loaded[2:] == ["plain"], "what a picture does not need is freed"


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ([("union", "tile")], "The ControlNet union does not know 'tile' maps"),
        ([("union", "hat")], "does not know 'hat' maps"),
        ([("plain", "canny"), ("union", "tile")], "does not know 'tile' maps"),
    ],
)
def test_what_cannot_be_used_together(controls: Controls, folder: Path, given: list[tuple[str, str]], said: str) -> None:
    with pytest.raises(BadInput, match=said):
        controls.prepare([use(folder, name, kind=kind) for name, kind in given])


def test_other_families_and_missing_files(controls: Controls, folder: Path) -> None:
    other = Controls(type("Flux2KleinPipeline", (SimpleNamespace,), {})(), Device())
    with pytest.raises(BadInput, match=r"guide SDXL models here, and this one is of FLUX\.2"):
        other.prepare([use(folder)])
    with pytest.raises(BadMedia, match="has no weights"):
        controls.prepare([use(folder, "gone")])
