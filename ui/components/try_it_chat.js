/** A short chat with a model, with a picture where it has eyes: streamed, stoppable, with what it took. */

import { el, icon, setHidden, setText, toast } from "../studio.js";
import { duration, plural } from "../format.js";
import { streamChat } from "./gateway.js";
import { doing } from "./model_words.js";
import { engineLine } from "./try_it_line.js";

const MAX_TOKENS = 512;
const LONGEST_SIDE = 1024; // pixels: what small vision models look at anyway
const IDEAS = ["Give me three titles for a short film about a lost umbrella.", "Explain anticipation in animation in two sentences."];
const LOOK = "Describe this picture.";

/** A picture as a JPEG data URL no side of which is longer than `longest` pixels. */
export async function shrink(file, longest = LONGEST_SIDE) {
  const bitmap = await createImageBitmap(file);
  const scale = Math.min(1, longest / Math.max(bitmap.width, bitmap.height));
  const canvas = Object.assign(document.createElement("canvas"), { width: Math.max(1, Math.round(bitmap.width * scale)), height: Math.max(1, Math.round(bitmap.height * scale)) });
  const context = canvas.getContext("2d");
  context.fillStyle = "#fff";
  context.fillRect(0, 0, canvas.width, canvas.height);
  context.drawImage(bitmap, 0, 0, canvas.width, canvas.height);
  bitmap.close();
  return canvas.toDataURL("image/jpeg", 0.9);
}

export class ChatTry {
  constructor(entry, sees) {
    this.entry = entry;
    this.sees = sees;
    this.messages = [];
    this.picture = null;
    this.talk = el("div.try-talk", { role: "log", "aria-label": "Conversation", tabindex: "0" });
    this.ideas = el("div.try-ideas", {}, ...(sees ? [el("p", { text: "Drop a picture here and ask about it." })] : [el("p", { text: "Say something, or try:" }),
      ...IDEAS.map((text) => el("button.button.quiet", { type: "button", text, onClick: () => { this.input.value = text; this.send(); } }))]));
    this.input = el("textarea", { rows: 2, id: "try-input", placeholder: sees ? LOOK : "Message", onKeydown: (event) => this.#key(event) });
    this.go = el("button.button.primary", { type: "submit" }, icon("send"), el("span", { text: sees ? "Ask" : "Send" }));
    this.stop = el("button.button", { type: "button", hidden: true, onClick: () => this.abort?.abort() }, icon("stop"), el("span", { text: "Stop" }));
    this.clear = el("button.button.quiet", { type: "button", hidden: true, text: "New chat", onClick: () => this.reset() });
    this.line = el("p.try-line", { "aria-live": "polite" });
    this.form = el("form.try-form", { onSubmit: (event) => { event.preventDefault(); this.send(); } },
      sees ? this.#pictureRow() : null, el("label.visually-hidden", { for: "try-input", text: "Message to the model" }), this.input,
      el("div.row", {}, this.line, this.clear, this.stop, this.go));
    this.node = el("section.try", { "aria-label": "Try it" }, this.talk, this.form);
    this.talk.append(this.ideas);
    if (sees) this.#takesDrops();
    this.#rest();
  }

  focus() { this.input.focus(); }
  close() { this.abort?.abort(); }
  update(entry, seen) {
    this.entry = entry;
    this.seen = seen;
    if (this.abort && !this.begun) setText(this.line, this.#waiting());
    else if (!this.abort && !this.said) this.#rest();
  }

  reset() {
    this.abort?.abort();
    this.messages = [];
    this.said = false;
    this.talk.replaceChildren(this.ideas);
    setHidden(this.clear, true);
    this.#rest();
    this.focus();
  }

  #rest() { setText(this.line, engineLine(this.entry)); }
  #waiting() { return this.seen?.moving || this.seen?.waiting ? doing({ ...this.seen, leases: [] }) : "Waiting for the first word"; }

  #key(event) {
    if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
    event.preventDefault();
    this.send();
  }

  async send() {
    const text = this.input.value.trim() || (this.picture ? LOOK : "");
    if (!text) { this.input.focus(); return; }
    if (this.abort) return;
    this.input.value = "";
    this.ideas.remove();
    setHidden(this.clear, false);
    this.#say("you", text, this.picture);
    this.messages.push({ role: "user", content: this.picture ? [{ type: "text", text }, { type: "image_url", image_url: { url: this.picture } }] : text });
    this.#setPicture(null);
    await this.#answer();
  }

  async #answer() {
    const bubble = this.#say("model", ""), words = bubble.querySelector(".try-words"), abort = (this.abort = new AbortController());
    let text = "", thoughts = "", pieces = 0, first = 0;
    this.begun = false;
    this.#busy(true);
    setText(this.line, this.#waiting());
    const onPiece = (piece) => {
      if (!pieces) first = performance.now();
      pieces += 1;
      this.begun = true;
      text += piece.text;
      thoughts += piece.reasoning;
      this.#show(bubble, words, text, thoughts);
      const seconds = (performance.now() - first) / 1000;
      setText(this.line, `${pieces} tokens${seconds > 0.5 ? ` · ${((pieces - 1) / seconds).toFixed(1)} tokens/s` : ""}`);
    };
    try {
      const told = await streamChat({ model: this.entry.name, messages: this.messages, max_tokens: MAX_TOKENS }, { signal: abort.signal, onPiece });
      this.#end(told, text, pieces);
    } catch (error) {
      if (error.name === "AbortError") setText(this.line, pieces ? `Stopped after ${plural(pieces, "token")} · ${engineLine(this.entry)}` : "Stopped.");
      else this.#fail(bubble, error);
    }
    if (text) this.messages.push({ role: "assistant", content: text });
    else { this.messages.pop(); if (!thoughts && !bubble.dataset.failed) bubble.remove(); }
    this.abort = null;
    this.said = true;
    this.#busy(false);
  }

  #end({ usage, first_s, total_s, finish }, text, pieces) {
    const tokens = usage?.completion_tokens || pieces, writing = total_s - (first_s ?? total_s);
    const words = [plural(tokens, "token"), tokens > 1 && writing > 0.001 ? `${((tokens - 1) / writing).toFixed(1)} tokens/s` : "", first_s === null ? "" : `first after ${duration(Math.round(first_s * 100) / 100)}`,
      finish === "length" ? "cut at its limit" : "", engineLine(this.entry)];
    setText(this.line, words.filter(Boolean).join(" · "));
    if (!text && !pieces) setText(this.line, `It had nothing to say. ${engineLine(this.entry)}`);
  }

  #fail(bubble, error) {
    bubble.dataset.failed = "yes";
    setText(bubble.querySelector(".try-words"), [error.message, error.remedy].filter(Boolean).join(" "));
    setText(this.line, engineLine(this.entry));
  }

  #say(who, text, picture = null) {
    const node = el("div.try-turn", { data: { who } }, el("span.try-who", { text: who === "you" ? "You" : this.entry.title }),
      picture ? el("img", { src: picture, alt: "The picture you gave" }) : null, el("p.try-words", { text }));
    this.talk.append(node);
    this.talk.scrollTop = this.talk.scrollHeight;
    return node;
  }

  #show(bubble, words, text, thoughts) {
    if (thoughts) {
      const place = bubble.querySelector("details") ?? bubble.insertBefore(el("details.try-thoughts", {}, el("summary", { text: "Thinking" }), el("p")), words);
      setText(place.querySelector("p"), thoughts);
    }
    const low = this.talk.scrollHeight - this.talk.scrollTop - this.talk.clientHeight < 40;
    setText(words, text);
    if (low) this.talk.scrollTop = this.talk.scrollHeight;
  }

  #busy(yes) {
    setHidden(this.go, yes);
    setHidden(this.stop, !yes);
    this.talk.setAttribute("aria-busy", String(yes));
    if (yes) this.stop.focus(); else this.focus();
  }

  // The picture to ask about: chosen, dropped or pasted.
  #pictureRow() {
    this.file = el("input", { type: "file", accept: "image/*", hidden: true, "aria-label": "Picture file", onChange: () => { if (this.file.files[0]) this.take(this.file.files[0]); this.file.value = ""; } });
    this.choose = el("button.button", { type: "button", onClick: () => this.file.click() }, icon("image"), el("span", { text: "Choose a picture" }));
    this.shown = el("span.try-picture", { hidden: true }, el("img", { alt: "The picture to ask about" }),
      el("button.button.quiet.square", { type: "button", "aria-label": "Take the picture away", onClick: () => this.#setPicture(null) }, icon("x")));
    return el("div.row", {}, this.file, this.choose, this.shown);
  }

  #setPicture(url) {
    this.picture = url;
    if (!this.shown) return;
    setHidden(this.shown, !url);
    if (url) this.shown.querySelector("img").src = url;
  }

  async take(file) {
    try { this.#setPicture(await shrink(file)); this.focus(); } catch { toast(`${file.name} is no picture this browser can open.`, { tone: "bad" }); }
  }

  #takesDrops() {
    this.node.addEventListener("dragover", (event) => { event.preventDefault(); this.node.dataset.over = "yes"; });
    this.node.addEventListener("dragleave", () => { delete this.node.dataset.over; });
    this.node.addEventListener("drop", (event) => {
      event.preventDefault();
      event.stopPropagation();
      delete this.node.dataset.over;
      const file = event.dataTransfer.files[0];
      if (file) this.take(file);
    });
    this.node.addEventListener("paste", (event) => { const file = [...event.clipboardData.files].find((item) => item.type.startsWith("image/")); if (file) { event.preventDefault(); this.take(file); } });
  }
}
