/** Settings out of pictures: those this studio made know theirs, any other file is read by the studio. */

import { api } from "../studio.js";
import { requestOf, seedOf } from "./gen_facts.js";
import { keepPicture } from "./gen_picture.js";

/** The request that makes a picture of the history again. */
export function settingsOf(item) {
  const { cast, styling, batch, ...request } = requestOf(item);
  return { ...request, seed: seedOf(item) ?? request.seed };
}

/** Uploads a file and reads what it says of how it was made: `{request, notes, source}`. */
export async function restoreFrom(file) {
  const artifact = await keepPicture(file);
  const answer = await api("/api/images/settings", { method: "POST", body: { image: artifact.id } });
  const { cast, styling, batch, ...request } = answer.settings;
  return { request, notes: answer.notes, source: answer.source };
}

