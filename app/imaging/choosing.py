"""Which model makes a picture when nobody names one, and which adapter guides it. Pure."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from app.cast import LoraUse
from app.imaging.consistency.models import BUILT_IN_MODEL
from app.imaging.control import depth, pose
from app.imaging.requests import STORYBOARD, ControlUse, ReferenceUse
from app.surroundings import Surroundings
from backends.adapters import AdapterFile, usable
from backends.base import Installed
from configs.errors import BadInput, NotFound, StudioError

IMAGE, FEATURES = "image", "image-features"  # tasks
MOST_LORAS = 16
TAKES_REFERENCES = ("flux2",)  # families that look at reference pictures by themselves


def best_model(models: Sequence[Installed], fits: Callable[[Installed], bool]) -> Installed | None:
    """The model for a person who named none: of those that fit, one for commercial use, then the largest, then that of the most steps."""

    def worth(entry: Installed) -> tuple[bool, int, float, str]:
        card = entry.card
        size = max(variant.weights_bytes for variant in card.variants)
        return (not card.commercial, -size, -float(card.defaults.get("steps", 0) or 0), card.name)

    return min((entry for entry in models if fits(entry)), key=worth, default=None)


def named_model(name: str, around: Surroundings) -> Installed:
    """The model that was asked for; raises NotFound naming those there are, BadInput when it makes no pictures."""
    try:
        found = around.model(name)
    except NotFound as error:
        others = ", ".join([*(entry.card.name for entry in around.models(IMAGE)), STORYBOARD])
        raise NotFound(error.message, f"{error.remedy} Ready for pictures: {others}.", error.code) from None
    if found.card.task != IMAGE:
        raise BadInput(f"{found.card.title} is for {found.card.task}, not for pictures.", "Name a model for images, or leave it out.")
    return found


def likeness_model(named: str | None, around: Surroundings) -> str:
    """What compares pictures with characters: the one that is named, else the largest that is installed, else the built-in descriptor."""
    if named == BUILT_IN_MODEL:
        return named
    if named is not None:
        card = around.model(named).card
        if card.task != FEATURES:
            raise BadInput(
                f"{card.title} is for {card.task} and compares no pictures.", "`models list` shows what each is for.", "wrong_task"
            )
        return named
    found = sorted(around.models(FEATURES), key=lambda one: one.variant.weights_bytes)
    return found[-1].card.name if found else BUILT_IN_MODEL


def require_family(adapter: AdapterFile, model: Installed) -> None:
    """Raises BadInput when an adapter was made for models of another family."""
    family = model.card.family
    if adapter.family and family and adapter.family != family:
        raise BadInput(
            f"{adapter.name} is for {adapter.family} models, and {model.card.title} is {family}.",
            f"Choose one for {family}, or another model.", "wrong_family",
        )  # fmt: skip


def fitting_loras(asked: Sequence[LoraUse], wished: Sequence[LoraUse], model: Installed, around: Surroundings) -> list[LoraUse]:
    """Those asked for, each of which must be there and fit; and of those that characters bring, the ones that do."""
    if len(asked) > MOST_LORAS:
        raise BadInput(f"{len(asked)} LoRAs are asked for, and {MOST_LORAS} can be mixed.", "Leave some out.")
    kept: list[LoraUse] = []
    for lora in asked:
        require_family(around.adapter("lora", lora.name), model)
        kept.append(lora)
    for lora in wished[: MOST_LORAS - len(asked)]:
        try:
            require_family(around.adapter("lora", lora.name), model)
        except StudioError:
            continue  # told in the result: the character is described by words alone
        kept.append(lora)
    return kept


def with_net(control: ControlUse, model: Installed, around: Surroundings) -> ControlUse:
    """The control with the name of a ControlNet that fits; raises NotFound, BadMedia or BadInput when there is none."""
    require_map(control, around)
    if control.model is not None:
        require_family(around.adapter("controlnet", control.model), model)
        return control
    fitting = usable(around.adapters("controlnet"), model.card.family, control.kind)
    if not fitting:
        raise NotFound(
            f"There is no ControlNet for {control.kind} that fits {model.card.title}.",
            "Install one on the Models page, or put its .safetensors file into the adapters folder.", "no_controlnet",
        )  # fmt: skip
    return control.model_copy(update={"model": fitting[0].name})


def require_map(control: ControlUse, around: Surroundings) -> None:
    """Raises BadInput when a control map can be drawn only by a model that is not installed."""
    if not control.preprocess:
        return
    if control.kind == "pose":
        raise BadInput(pose.MISSING, pose.REMEDY, "no_pose")
    if control.kind == "depth" and not around.models("depth"):
        raise BadInput(depth.MISSING, depth.REMEDY, "no_depth")


def with_adapter(reference: ReferenceUse, model: Installed, around: Surroundings) -> ReferenceUse:
    """The reference with the name of an IP-Adapter that fits, or none where the model looks at references by itself."""
    if model.card.family in TAKES_REFERENCES:
        return reference.model_copy(update={"model": None})
    if reference.model is not None:
        require_family(around.adapter("ip-adapter", reference.model), model)
        return reference
    fitting = usable(around.adapters("ip-adapter"), model.card.family)
    if not fitting:
        raise NotFound(
            f"There is no IP-Adapter that fits {model.card.title}, so it cannot look at reference pictures.",
            "Install one on the Models page, or leave the references out.", "no_ip_adapter",
        )  # fmt: skip
    return reference.model_copy(update={"model": fitting[0].name})


def fitting_references(
    asked: Sequence[ReferenceUse], wished: Sequence[ReferenceUse], model: Installed, around: Surroundings, most: int
) -> list[ReferenceUse]:  # fmt: skip
    """Those asked for, each with its adapter; and those of characters where there is an adapter for them, up to ``most`` in all."""
    kept = [with_adapter(reference, model, around) for reference in asked]
    for reference in wished[: max(0, most - len(kept))]:
        try:
            kept.append(with_adapter(reference, model, around))
        except StudioError:
            break  # told in the result
    return kept
