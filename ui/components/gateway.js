/** The gateway as the page uses it: a chat that streams, and embeddings. */

import { api, ApiError } from "../studio.js";

/**
 * Streams an answer of `/v1/chat/completions`. `onPiece({ text, reasoning })` for every piece; resolves to
 * `{ finish, usage, first_s, total_s }`, times in seconds. Throws `ApiError`, and `AbortError` once `signal` has fired.
 */
export async function streamChat({ model, messages, max_tokens }, { signal, onPiece }) {
  const began = performance.now();
  const body = { model, messages, max_tokens, stream: true, stream_options: { include_usage: true } };
  const answer = await fetch("/v1/chat/completions", { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(body), signal })
    .catch((error) => { throw error.name === "AbortError" ? error : new ApiError({ message: "The studio cannot be reached.", remedy: "Check that it is still running." }); });
  if (!answer.ok) throw await refusal(answer);
  const told = { finish: null, usage: null, first_s: null, total_s: 0 };
  for await (const event of events(answer.body)) {
    if (event.error) throw new ApiError(event.error, answer.status);
    const choice = event.choices?.[0], text = choice?.delta?.content ?? "", reasoning = choice?.delta?.reasoning_content ?? "";
    if (text || reasoning) {
      told.first_s ??= (performance.now() - began) / 1000;
      onPiece({ text, reasoning });
    }
    told.finish = choice?.finish_reason ?? told.finish;
    told.usage = event.usage ?? told.usage;
  }
  told.total_s = (performance.now() - began) / 1000;
  return told;
}

/** Vectors of texts: `{ vectors, seconds }`. */
export async function embed(model, input, signal) {
  const began = performance.now();
  const answer = await api("/v1/embeddings", { method: "POST", body: { model, input }, signal });
  return { vectors: answer.data.map((row) => row.embedding), seconds: (performance.now() - began) / 1000 };
}

/** Cosine similarity, -1 to 1. */
export function cosine(a, b) {
  let dot = 0, left = 0, right = 0;
  for (let index = 0; index < a.length; index += 1) { dot += a[index] * b[index]; left += a[index] ** 2; right += b[index] ** 2; }
  return left && right ? dot / Math.sqrt(left * right) : 0;
}

async function refusal(answer) {
  if (answer.status === 401) location.assign(`/login?next=${encodeURIComponent(location.pathname + location.search)}`);
  try { return new ApiError((await answer.json()).error, answer.status); } catch { return new ApiError({ message: `The studio answered ${answer.status}.` }, answer.status); }
}

/** The JSON of each `data:` line until `[DONE]`. */
async function* events(body) {
  const reader = body.pipeThrough(new TextDecoderStream()).getReader();
  let rest = "";
  try {
    for (;;) {
      const { value, done } = await reader.read();
      if (done) return;
      const lines = (rest + value).split("\n");
      rest = lines.pop();
      for (const line of lines) {
        if (!line.startsWith("data:")) continue;
        const data = line.slice(5).trim();
        if (data === "[DONE]") return;
        yield JSON.parse(data);
      }
    }
  } finally { reader.cancel().catch(() => {}); }
}
