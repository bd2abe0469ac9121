"""Play plan: the approved rows at once, unrendered; the right frames, in order, at their times; and what the page works out by itself."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

pytestmark = pytest.mark.ui

FPS = 24
WATCH = """() => {
  window.joins = []; window.seen = [];
  document.addEventListener('join', (event) => window.joins.push(event.detail));
  const canvas = document.createElement('canvas'), context = canvas.getContext('2d', { willReadFrequently: true });
  const look = () => {
    const video = document.querySelector('.film-layer[data-on=true][style*="z-index: 2"] video'), film = document.querySelector('.film');
    if (video && video.readyState >= 2 && film.dataset.playing === 'true') {
      canvas.width = video.videoWidth; canvas.height = 8;
      context.drawImage(video, 0, video.videoHeight / 8, video.videoWidth, 8, 0, 0, video.videoWidth, 8);
      let number = 0;
      for (let bit = 0; bit < 12; bit += 1) {
        const x = Math.floor((bit + 0.5) * Math.floor(canvas.width / 12));
        number = number * 2 + (context.getImageData(x, 3, 1, 1).data[1] > 127 ? 1 : 0);
      }
      window.seen.push([Number(film.dataset.frame), number]);
    }
    requestAnimationFrame(look);
  };
  look();
}"""


def segment(name: str, first: int, end: int, *operations: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"id": name, "source": "clip", "start_s": first / FPS, "end_s": end / FPS, "operations": list(operations), **more}


@pytest.fixture(scope="module")
def clip(studio: Any, coded_clip: Callable[..., Path]) -> Any:
    return studio.upload(coded_clip("play-me.mp4", extra=("-g", "6", "-bf", "0")))


@pytest.fixture
def begun(studio: Any, clip: Any, open_page: Callable[..., Any]) -> Callable[..., Any]:
    """`begun(segments)` -> a page on a draft of them, standing on its first frame."""

    def make(*segments: dict[str, Any], film: Any = (), **more: Any) -> Any:
        plan = {"version": 1, "sources": [{"id": "clip", "media": clip["id"]}], "segments": list(segments), "film": list(film), **more}
        made = studio.post("/api/edits", {"plan": plan, "video": clip["id"]})
        page = open_page(f"/?tab=edit&edit={made['id']}")
        page.locator(".plan-row").first.wait_for()
        page.wait_for_function("() => document.querySelector('.film').dataset.exact === 'true'")
        page.locator(".film-timeline").focus()
        page.keyboard.press("Home")
        page.wait_for_function(
            "() => document.querySelector('.film').dataset.exact === 'true' && document.querySelector('.film').dataset.frame === '0'"
        )
        page.plan = plan
        return page

    return make


def timeline(studio: Any, plan: dict[str, Any]) -> dict[str, Any]:
    found = studio.post("/api/edits/check", {"plan": plan})
    assert found["problems"] == []
    shown: dict[str, Any] = found["timeline"]
    return shown


def test_approved_rows_play_in_order_with_the_right_frames(begun: Callable[..., Any], studio: Any) -> None:
    from playwright.sync_api import expect

    page = begun(
        segment("late", 60, 78), segment("out", 2, 20, approved=False), segment("early", 8, 24),
        segment("quick", 24, 56, {"op": "speed", "factor": 2}),
        segment("held", 80, 90, {"op": "freeze", "at_s": 4 / FPS, "duration_s": 0.5}),
    )  # fmt: skip
    page.evaluate(WATCH)
    page.locator(".plan-bar").get_by_role("button", name="Play plan").click()
    expect(page.locator(".film")).to_have_attribute("data-playing", "true")
    expect(page.locator(".film")).to_have_attribute("data-playing", "false", timeout=30_000)
    joins = page.evaluate("window.joins")
    assert [join["segment"] for join in joins] == ["early", "quick", "held"]
    assert [join["source_frame"] for join in joins] == [join["planned_frame"] for join in joins] == [8, 24, 80]
    planned = timeline(studio, page.plan)
    assert [join["film_frame"] for join in joins] == [clip["begins_frame"] for clip in planned["clips"]][1:]
    seen = page.evaluate("window.seen")
    # On a busy machine a picture behind the cut may flash by; it may never be one from elsewhere.
    spans = {clip["begins_frame"]: range(clip["first_frame"], clip["end_frame"] + 2) for clip in planned["clips"]}
    wrong = []
    for film_frame, shown in seen:
        begins = max(start for start in spans if start <= film_frame)
        if shown not in spans[begins]:
            wrong.append((film_frame, shown))
    assert wrong == []
    assert len({shown for _, shown in seen}) > 24
    held = [shown for film_frame, shown in seen if 18 + 16 + 16 + 5 <= film_frame < 18 + 16 + 16 + 14]
    assert set(held) == {84}
    assert int(page.locator(".film").get_attribute("data-frame")) == planned["frames"] - 1


def test_every_film_frame_stands_on_the_frame_that_the_studio_plans(begun: Callable[..., Any], studio: Any) -> None:
    page = begun(
        segment("back", 30, 42, {"op": "reverse"}), segment("slow", 50, 56, {"op": "speed", "factor": 0.5}),
        segment("mixed", 70, 88, {"op": "transition", "kind": "dissolve", "duration_s": 0.25}),
    )  # fmt: skip
    planned = timeline(studio, page.plan)
    wanted: dict[int, int] = {}
    for clip in planned["clips"]:
        at = 0
        for piece in clip["stretches"]:
            for number in range(piece["frames"]):
                offset = int((piece["start"] + number * piece["step"]) // 1)
                last = clip["end_frame"] - clip["first_frame"] - 1
                wanted[clip["begins_frame"] + at] = clip["first_frame"] + min(last, max(0, offset))
                at += 1
    page.evaluate(WATCH.replace("film.dataset.playing === 'true'", "film.dataset.exact === 'true' && !video.seeking"))
    for film_frame in range(0, planned["frames"], 3):
        page.wait_for_function(
            "([frame, source]) => window.seen.some(([at, shown]) => at === frame && shown === source)", arg=[film_frame, wanted[film_frame]]
        )
        page.keyboard.press("ArrowRight")
        page.keyboard.press("ArrowRight")
        page.keyboard.press("ArrowRight")


def test_captions_moves_and_fades_lie_over_the_picture(begun: Callable[..., Any]) -> None:
    from playwright.sync_api import expect

    words = {"op": "text", "text": "<b>No markup</b>", "at_s": 0.25, "duration_s": 0.5, "style": "meme_top"}
    zoom = {"op": "zoom", "at_s": 0.25, "duration_s": 0.5, "scale": 2, "in_s": 0}
    page = begun(
        segment("a", 0, 30, words, zoom, {"op": "grade", "saturation": 0}),
        film=[{"op": "fade", "in_s": 0.5}],
        output={"aspect": "9:16", "fit": "crop"},
    )
    expect(page.locator(".film-caption")).to_have_count(0)
    assert float(page.locator(".film-canvas > .film-cover").evaluate("(node) => node.style.opacity")) == 1
    for _ in range(14):
        page.keyboard.press("ArrowRight")
    expect(page.locator(".film-caption")).to_have_text("<b>No markup</b>")
    look = page.evaluate(
        """() => {
          const { transform, filter } = document.querySelector('.film-layer[data-on=true] .film-fit').style;
          const box = document.querySelector('.film-canvas').getBoundingClientRect();
          return { move: transform, filter, shape: box.width / box.height };
        }"""
    )
    assert "scale(2" in look["move"]
    assert "saturate(0)" in look["filter"]
    assert look["shape"] == pytest.approx(9 / 16, rel=0.01)


def test_a_join_waits_for_nothing_and_the_page_stays_quick(begun: Callable[..., Any]) -> None:
    """What is measured is told, not judged: the machine of a test may be busy."""
    from playwright.sync_api import expect

    page = begun(*(segment(f"r{number}", (number * 17) % 70, (number * 17) % 70 + 12) for number in range(6)))
    page.evaluate(WATCH)
    page.keyboard.press("Space")
    expect(page.locator(".film")).to_have_attribute("data-playing", "true")
    expect(page.locator(".plan-row[data-key=r3]")).to_have_attribute("aria-current", "true", timeout=20_000)  # the table follows
    page.keyboard.press("k")
    expect(page.locator(".film")).to_have_attribute("data-playing", "false")
    expect(page.locator(".film")).to_have_attribute("data-exact", "true")
    joins = page.evaluate("window.joins")
    assert len(joins) >= 3
    assert all(join["source_frame"] == join["planned_frame"] for join in joins)


def test_the_page_counts_frames_as_the_studio_does(begun: Callable[..., Any], studio: Any) -> None:
    page = begun(segment("a", 0, 10))
    media = page.plan["sources"][0]["media"]
    plans = [
        [segment("a", 0, 20), segment("b", 30, 47, {"op": "speed", "factor": 1.5})],
        [
            segment("a", 3, 23, {"op": "freeze", "at_s": 0.25, "duration_s": 0.4}),
            segment("b", 30, 47, {"op": "transition", "duration_s": 0.3}),
        ],
        [
            segment("a", 3, 23, {"op": "reverse"}),
            segment("b", 10, 30, {"op": "speed", "factor": 0.4}),
            segment("c", 50, 90, {"op": "speed", "factor": 3}),
        ],
    ]
    for segments in plans:
        plan = {"version": 1, "sources": [{"id": "clip", "media": media}], "segments": segments}
        found = page.evaluate(
            """async ([plan, rate]) => {
              const url = (name) => document.querySelector(`link[rel=modulepreload][href$="${name}"]`).href;
              const { estimate, checked, sourceFrame } = await import(url('components/plan_film.js'));
              const source = { ready: true, rate, frameAt: (seconds) => Math.floor(seconds * rate + 0.5 + 1e-6) };
              const ends = (clip) => [sourceFrame(clip, 0), sourceFrame(clip, clip.frames - 1)];
              const told = (film) => film.clips.map((clip) => [clip.begins, clip.frames, clip.overlap, clip.first, ...ends(clip)]);
              const headers = { 'Content-Type': 'application/json' }, body = JSON.stringify({ plan });
              const answer = await (await fetch('/api/edits/check', { method: 'POST', headers, body })).json();
              return [told(estimate(plan, new Map([['clip', source]]))), told(checked(answer.timeline))];
            }""",
            [plan, FPS],
        )
        assert found[0] == found[1]


def test_a_trimmed_or_split_row_keeps_its_effects_on_their_picture(begun: Callable[..., Any]) -> None:
    page = begun(segment("a", 0, 10))
    effects = (
        {"op": "zoom", "at_s": 2, "duration_s": 1}, {"op": "text", "text": "x"}, {"op": "fade", "in_s": 0.5, "out_s": 0.5},
        {"op": "freeze", "at_s": 3, "duration_s": 0.5}, {"op": "transition"},
    )  # fmt: skip
    plan = {"segments": [segment("a", 0, 96, *effects)]}
    cut, faster, trimmed = page.evaluate(
        """async (plan) => {
          const url = (name) => document.querySelector(`link[rel=modulepreload][href$="${name}"]`).href;
          const { split } = await import(url('components/plan_changes.js'));
          const { trim, setSpeed } = await import(url('components/plan_retime.js'));
          const rows = (changed) => changed.segments.map((row) => Object.fromEntries((row.operations ?? []).map((one) => [one.op, one])));
          const cut = split(plan, 'a', { at_s: 2.5, out_s: 2.5 }, 'b');
          return [rows(cut), rows(setSpeed(plan, 'a', [2])), rows(trim(plan, 'a', { start_s: 1 }))];
        }""",
        plan,
    )
    assert (cut[0]["zoom"]["at_s"], cut[0]["zoom"]["duration_s"], cut[1]["zoom"]["at_s"], cut[1]["zoom"]["duration_s"]) == (2, 0.5, 0, 0.5)
    assert (cut[0]["fade"]["out_s"], cut[1]["fade"]["in_s"], cut[1]["freeze"]["at_s"]) == (0, 0, 0.5)
    assert "transition" in cut[0]
    assert "transition" not in cut[1]
    assert (faster[0]["zoom"]["at_s"], faster[0]["zoom"]["duration_s"], faster[0]["freeze"]["at_s"]) == (1, 0.5, 3)
    assert (trimmed[0]["zoom"]["at_s"], trimmed[0]["freeze"]["at_s"]) == (1, 2)


def test_an_exact_moment_is_drawn_by_the_renderer(begun: Callable[..., Any]) -> None:
    from playwright.sync_api import expect

    page = begun(segment("a", 0, 24, {"op": "sharpen"}))
    page.keyboard.press("e")
    expect(page.locator(".film-still")).to_be_visible(timeout=30_000)
    page.keyboard.press("ArrowRight")
    expect(page.locator(".film-still")).to_be_hidden()
    expect(page.locator(".plan-note")).to_have_text(re.compile("Sharpening is heard or seen from the preview on"))


def test_a_picture_is_sought_again_in_another_file(studio: Any, clip: Any, open_page: Callable[..., Any]) -> None:
    page = open_page("/?tab=edit")
    seen = page.evaluate(
        """async (media) => {
          const base = document.querySelector('link[href$="studio.css"]').href.replace('/studio.css', '');
          const { Layer } = await import(base + '/components/plan_layer.js');
          const middle = (frame) => (frame + 0.5) / 24;
          const source = (url) => ({ kind: 'video', rate: 24, offset: 0, settled: false, url, middle });
          const layer = new Layer(() => {}), clip = { segment: 'a' }, found = [];
          document.body.append(layer.node);
          for (const source_ of [source(`/api/artifacts/${media}/content`), source(`/api/artifacts/${media}/content?copy`)]) {
            layer.cue(clip, source_, 30);
            found.push(layer.video.dataset.sought, layer.ready);
            for (let n = 0; n < 200 && !layer.ready; n += 1) await new Promise((resolve) => setTimeout(resolve, 30));
            found.push(layer.video.dataset.sought, Math.floor(layer.video.currentTime * 24));
          }
          return found;
        }""",
        clip["id"],
    )
    assert seen == ["false", False, "true", 30] * 2
