/** What every panel shares: the HTTP API, live events, remembered settings, DOM building and keyed lists. */

export class ApiError extends Error {
  /** An answer in plain words: what happened (`message`) and what to do next (`remedy`). */
  constructor({ code = "failed", message = "The studio did not answer.", remedy = "" } = {}, status = 0) {
    super(message);
    Object.assign(this, { code, remedy, status });
  }
}

const UNREACHABLE = { code: "unreachable", message: "The studio cannot be reached.", remedy: "Check that it is still running; the page reconnects by itself." };

function failure(text, status) {
  try {
    const body = JSON.parse(text);
    if (body.error) return new ApiError(body.error, status);
    if (body.detail) return new ApiError({ message: typeof body.detail === "string" ? body.detail : JSON.stringify(body.detail) }, status);
  } catch { /* not JSON: fall through */ }
  return new ApiError({ message: `The studio answered ${status}.`, remedy: "Try again; if it stays so, look at the studio's log." }, status);
}

/** Calls the studio's HTTP API and gives back the parsed JSON; throws `ApiError`. */
export async function api(path, { method = "GET", body, signal } = {}) {
  const headers = body === undefined ? {} : { "Content-Type": "application/json" };
  let response;
  try {
    response = await fetch(path, { method, headers, body: body === undefined ? undefined : JSON.stringify(body), signal });
  } catch (error) {
    if (error.name === "AbortError") throw error;
    throw new ApiError(UNREACHABLE);
  }
  const text = await response.text();
  if (response.status === 401) location.assign(`/login?next=${encodeURIComponent(location.pathname + location.search)}`);
  if (!response.ok) throw failure(text, response.status);
  return text ? JSON.parse(text) : null;
}

/** What the studio can do, with the schemas of requests and results: asked for once by the whole page. */
let listed = null;
export const capabilities = () => (listed ??= api("/api/capabilities").catch((error) => { listed = null; throw error; }));

/** Uploads a file; `onProgress(fraction)` while it travels. Resolves to the artifact. */
export function upload(file, { kind = "video", projectId, onProgress, signal } = {}) {
  return new Promise((resolve, reject) => {
    const form = new FormData();
    form.append("kind", kind);
    if (projectId) form.append("project_id", projectId);
    form.append("file", file, file.name);
    const request = new XMLHttpRequest();
    request.upload.onprogress = (event) => event.lengthComputable && onProgress?.(event.loaded / event.total);
    request.onload = () => (request.status < 300 ? resolve(JSON.parse(request.responseText)) : reject(failure(request.responseText, request.status)));
    request.onerror = () => reject(new ApiError(UNREACHABLE));
    request.onabort = () => reject(new DOMException("cancelled", "AbortError"));
    signal?.addEventListener("abort", () => request.abort());
    request.open("POST", "/api/artifacts");
    request.send(form);
  });
}

/**
 * A stream of server-sent events that outlives the server: it reconnects by itself and starts again from the snapshot.
 * `handlers` maps event names to functions of the parsed data; `onState(connected)` tells of loss and return.
 */
export function live(path, handlers, onState = () => {}) {
  let source, timer, closed = false, delay = 500;
  const open = () => {
    source = new EventSource(path);
    for (const [name, handler] of Object.entries(handlers)) {
      source.addEventListener(name, (event) => handler(event.data ? JSON.parse(event.data) : null));
    }
    source.onopen = () => { delay = 500; onState(true); };
    source.onerror = () => {
      source.close();
      if (closed) return;
      onState(false);
      timer = setTimeout(open, delay);
      delay = Math.min(delay * 1.6, 5000);
    };
  };
  open();
  return { close() { closed = true; clearTimeout(timer); source.close(); } };
}

/** Studio-wide events for all panels: `snapshot`, `job`, `artifact`, `review`, `edit`, `models`, `catalogue`, `board`, `character` from the server, `online` and `offline`, and what panels tell each other. */
export const studio = new EventTarget();
export function on(type, handler) { studio.addEventListener(type, (event) => handler(event.detail)); }
export function tell(type, detail) { studio.dispatchEvent(new CustomEvent(type, { detail })); }

/**
 * Follows the studio. A browser opens only six connections to a server, so of all tabs only one, holder of a lock, keeps
 * the event stream and passes it on to the others; when it is closed, the next one takes over.
 */
let connected = false;
export function connect() {
  if (connected) return;
  connected = true;
  const channel = new BroadcastChannel("studio-events");
  let leading = false, up = true;
  channel.onmessage = ({ data: [type, detail] }) => {
    if (type !== "hello") tell(type, detail);
    else if (leading) channel.postMessage([up ? "online" : "offline"]);
  };
  const lead = () => {
    leading = true;
    const pass = (type) => (detail) => { tell(type, detail); channel.postMessage([type, detail]); };
    live("/api/events", { snapshot: pass("snapshot"), job: pass("job"), artifact: pass("artifact"), review: pass("review"), edit: pass("edit"), models: pass("models"), catalogue: pass("catalogue"), board: pass("board"), character: pass("character") },
      (connectedNow) => { up = connectedNow; pass(up ? "online" : "offline")(); });
    return new Promise(() => {}); // the lock is held until the tab closes
  };
  if (!navigator.locks) { lead(); return; }
  navigator.locks.request("studio-events", { ifAvailable: true }, (lock) => (lock ? lead() : undefined)).then(() => {
    channel.postMessage(["hello"]);
    overview().then((snapshot) => tell("snapshot", snapshot)).catch(() => tell("offline"));
    navigator.locks.request("studio-events", lead);
  });
}

/** What the event stream starts with, for a tab that listens to another one's. */
async function overview() {
  const [counts, page] = await Promise.all([api("/api/jobs/counts"), api("/api/jobs?limit=50")]);
  return { counts, jobs: page.items };
}

/** Settings remembered in this browser. */
export const prefs = {
  get(name, otherwise) {
    try { const raw = localStorage.getItem("studio." + name); return raw === null ? otherwise : JSON.parse(raw); } catch { return otherwise; }
  },
  set(name, value) { try { localStorage.setItem("studio." + name, JSON.stringify(value)); } catch { /* private window */ } },
};

/** The address bar as state: `?tab=&clip=&f=`. */
export const address = {
  get(name) { return new URL(location.href).searchParams.get(name); },
  set(values) {
    const url = new URL(location.href);
    for (const [name, value] of Object.entries(values)) {
      if (value === null || value === undefined || value === "") url.searchParams.delete(name); else url.searchParams.set(name, value);
    }
    if (url.href !== location.href) history.replaceState(history.state, "", url);
  },
};

/** The project new work goes into and lists are filtered by; null until it is known. */
export function project() { return prefs.get("project", null); }

/** Builds an element; strings become text, never markup. `on*` props are listeners, `data` a data set. */
export function el(tag, props = {}, ...children) {
  const [name, ...classes] = tag.split(".");
  const node = document.createElement(name || "div");
  if (classes.length) node.className = classes.join(" ");
  for (const [key, value] of Object.entries(props)) {
    if (value === undefined || value === null || value === false) continue;
    if (key.startsWith("on")) node.addEventListener(key.slice(2).toLowerCase(), value);
    else if (key === "data") Object.assign(node.dataset, value);
    else if (key === "text") node.textContent = value;
    else if (key === "value" || key === "checked" || key === "disabled" || key === "hidden" || key === "open") node[key] = value;
    else node.setAttribute(key, value === true ? "" : value);
  }
  node.append(...children.flat().filter((child) => child !== null && child !== undefined && child !== false));
  return node;
}

const SVG = "http://www.w3.org/2000/svg";
export function icon(name, className = "icon") {
  const svg = document.createElementNS(SVG, "svg");
  svg.setAttribute("class", className);
  svg.setAttribute("aria-hidden", "true");
  const use = document.createElementNS(SVG, "use");
  use.setAttribute("href", "#i-" + name);
  svg.append(use);
  return svg;
}
export function setIcon(button, name) { button.querySelector("use").setAttribute("href", "#i-" + name); }

/** Writes text only where it changed, so that a selection or a screen reader is not disturbed. */
export function setText(node, text) { if (node.textContent !== text) node.textContent = text; }
export function setHidden(node, hidden) { if (node.hidden !== hidden) node.hidden = hidden; }

/** Makes `container`'s children match `items` by key, reusing, moving and removing nodes; nothing else is touched. */
export function patchList(container, items, key, create, update) {
  const known = new Map([...container.children].filter((node) => node.dataset.key).map((node) => [node.dataset.key, node]));
  let place = null;
  for (const item of items) {
    const id = String(key(item));
    let node = known.get(id);
    if (node) known.delete(id);
    else { node = create(item); node.dataset.key = id; }
    update(node, item);
    const expected = place ? place.nextElementSibling : container.firstElementChild;
    if (expected !== node) container.insertBefore(node, expected);
    place = node;
  }
  for (const node of known.values()) node.remove();
}

/** A quiet line at the edge of the window; it leaves by itself, errors stay longer. */
export function toast(message, { tone = "plain", action, onAction } = {}) {
  const place = document.querySelector(".toasts");
  if (!place) return;
  const node = el("div.toast", { data: { tone } }, el("span", { text: message }));
  if (action) node.append(el("button.button.quiet", { type: "button", text: action, onClick: () => { node.remove(); onAction(); } }));
  place.append(node);
  while (place.children.length > 3) place.firstElementChild.remove();
  setTimeout(() => node.remove(), tone === "bad" ? 12000 : 5000);
}
export function toastError(error) {
  if (error.name !== "AbortError") toast([error.message, error.remedy].filter(Boolean).join(" "), { tone: "bad" });
}

/** A modal dialog; resolves to the value of the button pressed, or null. `actions`: [label, value, "primary"|"danger"|""]. */
export function dialog(title, content, actions) {
  return new Promise((resolve) => {
    const node = el("dialog.dialog", { "aria-label": title }, el("h2", { text: title }), content,
      el("div.dialog-actions", {}, ...actions.map(([label, value, tone]) =>
        el("button.button" + (tone ? "." + tone : ""), { type: "button", text: label, onClick: () => node.close(value) }))));
    node.addEventListener("close", () => { node.remove(); resolve(node.returnValue || null); });
    node.addEventListener("click", (event) => event.target === node && node.close(""));
    document.body.append(node);
    node.showModal();
  });
}

/** What a job is about: its title is "Analyze video: name.mp4". */
export function subject(job) { const at = job.title.indexOf(": "); return at < 0 ? job.title : job.title.slice(at + 2); }

export const contentUrl = (id, download = false) => `/api/artifacts/${encodeURIComponent(id)}/content${download ? "?download=1" : ""}`;
/** A picture made small for lists; `px` is 192 or 384. */
export const thumbUrl = (id, px = 192) => `/api/artifacts/${encodeURIComponent(id)}/thumbnail?px=${px}`;
/** Whether a tab can show a job: an analysis, a ranking of takes, or the planning or rendering of an edit. */
export const canOpen = (job) => isAnalysis(job) || isEdit(job) || job.capability === "video.rank_takes";
/** Whether a job belongs to Edit/Parody. */
export const isEdit = (job) => ["video.plan", "video.edit", "video.auto_edit", "video.parody"].includes(job.capability);
/** Whether a job's result is an analysis of a clip. */
export const isAnalysis = (job) => job.capability === "video.analyze" || job.capability === "video.rescene";
export const isLive = (job) => job.state === "queued" || job.state === "running";
