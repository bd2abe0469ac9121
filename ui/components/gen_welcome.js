/** Before the first picture: what to do, and prompts to try. */

import { el, icon } from "../studio.js";

const IDEAS = [
  "A lighthouse keeper reads by lamplight, storm outside, wide shot",
  "Close-up of an old clockmaker's hands, warm light, shallow focus",
  "A fox runs through tall grass at dawn, low angle, tracking",
];

export function emptyStage(take) {
  return el("div.gen-empty", {}, icon("mark", "welcome-mark"), el("h1", { text: "Say what is to be seen." }),
    el("p.muted", { text: "Write a prompt and press Queue. Without a model a storyboard card is drawn; drop any picture with settings here to take them over." }),
    el("div.gen-ideas", {}, ...IDEAS.map((text) => el("button.button", { type: "button", text, onClick: () => take(text) }))));
}
