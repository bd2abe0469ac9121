/** The frame around the tabs: switching, dark and light, help, what the studio is doing, and the sound at the end. */

import { address, connect, dialog, el, isLive, on, prefs, setHidden, setIcon, setText, tell } from "./studio.js";
import { percent } from "./format.js";
import { Sidebar } from "./sidebar.js";

const NARROW = matchMedia("(max-width: 900px)");

export function mount(element, { tabs }) {
  connect();
  const root = document.getElementById("studio");
  const bar = element.querySelector(".topbar"), aside = element.querySelector(".sidebar"), veil = element.querySelector(".veil");
  const sidebar = new Sidebar(aside, () => NARROW.matches && open(false));
  const button = (name) => bar.querySelector(`[data-do="${name}"]`);

  function open(yes) {
    root.classList.toggle("sidebar-closed", !yes);
    button("sidebar").setAttribute("aria-expanded", String(yes));
    aside.inert = !yes;
    setHidden(veil, !(yes && NARROW.matches));
    sidebar.visible = yes;
    if (!NARROW.matches) prefs.set("sidebar", yes);
  }
  open(!NARROW.matches && prefs.get("sidebar", true));
  NARROW.addEventListener("change", () => open(!NARROW.matches && prefs.get("sidebar", true)));
  button("sidebar").addEventListener("click", () => open(root.classList.contains("sidebar-closed")));
  veil.addEventListener("click", () => open(false));

  tabsBar(bar.querySelector("[role=tablist]"), tabs);
  theme(button("theme"));
  sound(button("sound"));
  button("help").addEventListener("click", help);
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && !veil.hidden) open(false);
    if (event.key === "?" && !event.target.closest?.("input, textarea, select, dialog")) { event.preventDefault(); help(); }
  });
  connection(bar.querySelector(".offline"));
  watchJobs();
}

/** Whose an address is that names no tab. */
const OWNERS = [["edit", "edit"], ["plan", "edit"], ["model", "models"], ["rank", "analyze"], ["compare", "analyze"], ["clip", "analyze"]];

/** Tabs with the arrow keys of a tab list; the address remembers which one is shown. */
function tabsBar(list, ids) {
  const buttons = [...list.querySelectorAll("[role=tab]")];
  const show = (id, focus = false) => {
    for (const button of buttons) {
      const here = button.dataset.tab === id;
      button.setAttribute("aria-selected", String(here));
      button.tabIndex = here ? 0 : -1;
      if (here && focus) button.focus();
      const place = document.getElementById("panel-" + button.dataset.tab);
      if (place) setHidden(place, !here);
    }
    address.set({ tab: id });
    shown = id;
    tell("tab", { id });
  };
  const first = OWNERS.find(([name]) => address.get(name))?.[1] ?? ids[0];
  let shown = ids.includes(address.get("tab")) ? address.get("tab") : first;
  // Panels are drawn one after the other; each is shown or hidden as it appears.
  new MutationObserver(() => ids.forEach((id) => { const place = document.getElementById("panel-" + id); if (place) setHidden(place, id !== shown); }))
    .observe(document.getElementById("studio"), { childList: true, subtree: true });
  show(shown);
  list.addEventListener("click", (event) => { const button = event.target.closest("[role=tab]"); if (!button) return;
    show(button.dataset.tab);
    if (event.detail > 0) button.blur(); // by pointer: the arrow keys belong to the page, not to the tab list
  });
  list.addEventListener("keydown", (event) => {
    const step = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
    if (!step) return;
    event.preventDefault();
    show(ids[(ids.indexOf(shown) + step + ids.length) % ids.length], true);
  });
  on("show-tab", ({ id }) => id !== shown && show(id));
}

function theme(button) {
  const system = matchMedia("(prefers-color-scheme: dark)");
  const apply = () => {
    const chosen = prefs.get("theme", null), dark = chosen ? chosen === "dark" : system.matches;
    document.documentElement.dataset.theme = dark ? "dark" : "light";
    document.body.classList.toggle("dark", dark);
    setIcon(button, dark ? "sun" : "moon");
    button.setAttribute("aria-label", dark ? "Change to light" : "Change to dark");
    button.title = button.getAttribute("aria-label");
  };
  system.addEventListener("change", apply);
  button.addEventListener("click", () => {
    prefs.set("theme", document.documentElement.dataset.theme === "dark" ? "light" : "dark");
    apply();
  });
  apply();
}

function sound(button) {
  const draw = () => {
    const loud = prefs.get("sound", true);
    setIcon(button, loud ? "bell" : "bell-off");
    button.setAttribute("aria-pressed", String(loud));
    button.title = loud ? "A sound plays when a job finishes" : "No sound when a job finishes";
  };
  button.addEventListener("click", () => { prefs.set("sound", !prefs.get("sound", true)); draw(); if (prefs.get("sound", true)) chime(true); });
  addEventListener("pointerdown", () => audio(), { once: true, capture: true });
  draw();
}

let context;
function audio() { try { return (context ??= new AudioContext()); } catch { return null; } }

/** Two soft notes, up for done and down for failed. */
function chime(good) {
  if (!prefs.get("sound", true) || !context || context.state !== "running") return;
  (good ? [523.25, 783.99] : [392, 293.66]).forEach((pitch, index) => {
    const start = context.currentTime + index * 0.14, tone = context.createOscillator(), volume = context.createGain();
    tone.frequency.value = pitch;
    volume.gain.setValueAtTime(0, start);
    volume.gain.linearRampToValueAtTime(0.08, start + 0.015);
    volume.gain.exponentialRampToValueAtTime(0.0008, start + 0.5);
    tone.connect(volume).connect(context.destination);
    tone.start(start);
    tone.stop(start + 0.55);
  });
}

function connection(place) {
  let timer;
  on("offline", () => { timer ??= setTimeout(() => { setText(place, "Reconnecting to the studio"); setHidden(place, false); }, 400); });
  on("online", () => { clearTimeout(timer); timer = undefined; setHidden(place, true); });
}

/** The window's title tells the progress; the sound tells the end. */
function watchJobs() {
  const base = document.title || "Animation AI Studio", running = new Map();
  let chimed = 0;
  const title = () => {
    const job = [...running.values()].filter((row) => row.state === "running").sort((a, b) => a.created_at - b.created_at)[0];
    document.title = job ? `${percent(job.progress)} · ${job.title}` : base;
  };
  on("snapshot", ({ jobs }) => { running.clear(); for (const job of jobs) if (isLive(job)) running.set(job.id, job); title(); });
  on("job", (job) => {
    if (isLive(job)) running.set(job.id, job);
    else if (running.delete(job.id) && job.state !== "cancelled" && !job.parent_id && Date.now() - chimed > 1500) { chimed = Date.now(); chime(job.state === "succeeded"); }
    title();
  });
}

const SHORTCUTS = [
  ["Space", "Play, pause"], ["J K L", "Backwards, stop, forwards; again for faster"], ["← →", "Previous, next frame"],
  ["Shift ← →", "One second back, on"], ["↑ ↓", "Previous, next shot"], ["Home End", "First, last frame"], ["G", "Go to a timecode; +10 or -24 for frames"], ["I O", "Mark in, out"],
  ["S", "Split the shot at the playhead"], ["M", "Merge the shot with the one before"], ["B", "Bring the nearest boundary to the playhead"],
  ["P", "Set a marker"], ["Ctrl Z", "Undo an edit or a marker"], ["Ctrl Shift Z", "Do it again"],
  ["C", "Composition over the picture"], ["N", "Onion skin"], ["V", "Shots as cards"],
  ["+ − 0", "Zoom the timeline, fit it"], ["Ctrl wheel", "Zoom the timeline at the pointer"], ["A", "Sound of the clip"], ["F", "Full screen"],
  ["PgUp PgDn", "Rows of a planned film"], ["Alt ↑ ↓", "Move the row"], ["D Del", "Duplicate, delete the row"], ["E", "This frame of the plan exactly as rendered"],
  ["Ctrl Enter", "Queue a picture; analyze with the settings shown; render the plan"], ["V R U C", "A picture: vary, rerun, use its settings, compare"], ["?", "This list"],
];

function help() {
  if (document.querySelector("dialog[open]")) return;
  const rows = SHORTCUTS.map(([keys, text]) => el("div", {}, el("dt", {}, ...keys.split(" ").map((key) => el("kbd", { text: key }))), el("dd", { text })));
  dialog("Keyboard", el("dl.shortcuts", {}, ...rows), [["Close", "", ""]]);
}
