/** Trying a model on the spot: the box that fits what it is for. */

import { el, icon } from "../studio.js";
import { ChatTry } from "./try_it_chat.js";
import { EmbedTry } from "./try_it_embed.js";
import { canInstall, isInstalled, TASKS } from "./model_words.js";

const BOXES = { chat: (entry) => new ChatTry(entry, false), "vision-chat": (entry) => new ChatTry(entry, true), embedding: (entry) => new EmbedTry(entry) };

/** A box with `node`, `update(entry, seen)` and `close()`. */
export function tryIt(entry) {
  if (isInstalled(entry) && entry.usable && BOXES[entry.task]) return BOXES[entry.task](entry);
  return { kind: "none", node: el("div.try-none", {}, icon("mark", "welcome-mark"), el("p", { text: reason(entry) })), update() {}, focus() {}, close() {} };
}

/** Which box a model has, so that the page knows when to change it. */
export const boxOf = (entry) => (isInstalled(entry) && entry.usable && BOXES[entry.task] ? entry.task : `none:${reason(entry)}`);

function reason(entry) {
  if (!isInstalled(entry)) return canInstall(entry) ? "Once it is installed you can try it here." : entry.obstacle;
  return entry.usable ? `There is nothing to try here for ${(TASKS[entry.task] ?? entry.task).toLowerCase()} yet.` : entry.obstacle;
}
