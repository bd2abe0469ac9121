/** Ranking and comparing in the Analyze tab: what opens them, where they lie, what the address says of them. */

import { address, api, dialog, el, icon, isLive, on, setHidden, tell, toast, toastError } from "../studio.js";
import { plural } from "../format.js";
import { CompareView } from "./compare.js";
import { FEWEST, MOST, RankView } from "./rank.js";

const RANKING = "video.rank_takes";

export class Takes {
  /** `tab`: the Analyze tab, with its root, session and settings. */
  constructor(tab) {
    this.tab = tab;
    this.shown = null;
    this.ranking = new RankView({ close: () => this.close(), open: (id, frame) => this.openTake(id, frame), compare: (a, b, frame) => this.compare([a, b], frame, 0, true) });
    this.comparison = new CompareView({ close: () => this.close() });
    this.back = el("button.button.beside-back", { type: "button", hidden: true, onClick: () => this.#show("ranking") }, icon("list"), el("span", { text: "Back to the ranking" }));
    tab.root.append(this.ranking.node, this.comparison.node, this.back);
    on("compare", ({ ids }) => this.compare(ids));
    on("rank-takes", ({ artifacts }) => this.rank((view) => view.startArtifacts(artifacts)));
    tab.session.addEventListener("change", ({ detail }) => { if (detail === "opened" && this.shown && !this.starting) this.#show(null); });
    this.#restore();
  }

  #restore() {
    if (address.get("tab") === "edit") return; // what stands there then belongs to Edit/Parody
    const pair = (address.get("compare") ?? "").split(",").filter(Boolean), rank = address.get("rank");
    if (pair.length === 2) this.compare(pair, Number(address.get("f")) || 0, Number(address.get("offset")) || 0);
    else if (address.get("compare") !== null) { address.set({ compare: null }); toast("A comparison needs two clips.", { tone: "bad" }); }
    else if (rank) this.openRanking({ id: rank });
  }

  /** Whether a job is one of ours; it is then shown. */
  takes(job) {
    if (job?.capability !== RANKING) return false;
    this.openRanking(job);
    return true;
  }

  /** Asks what several files are; false when they are to be analyzed one by one, true when the question is settled otherwise. */
  async offer(files) {
    if (files.length < FEWEST || files.length > MOST) return false;
    const words = el("p", { text: "As takes of one shot they are sorted by how well their pictures hold together, each with its worst frame. Otherwise each is analyzed by itself." });
    const answer = await dialog(`${plural(files.length, "clip")}: what are they?`, words, [["Cancel", "", ""], ["Analyze each", "each", ""], ["Rank as takes of one shot", "rank", "primary"]]);
    if (answer === "rank") this.rank((view) => view.startFiles(files));
    return answer !== "each";
  }

  rank(start) {
    tell("show-tab", { id: "analyze" });
    this.#show("ranking");
    start(this.ranking).catch(toastError);
  }

  openRanking(job) { this.rank(async (view) => { try { await view.openJob(job.id); } catch (error) { this.#show(null); throw error; } }); }

  compare(ids, frame = 0, offset = 0, fromRanking = false) {
    this.fromRanking = fromRanking;
    tell("show-tab", { id: "analyze" });
    this.#show("comparison");
    this.comparison.open(ids, frame, offset).catch(toastError);
  }

  /** The take in the deck, at its worst frame; the way back stays open. */
  async openTake(id, frame) {
    const { tab } = this;
    try {
      const artifact = await api(`/api/artifacts/${id}`);
      this.#show(null);
      tab.wantedFrame = frame;
      const opened = tab.session.openArtifact(artifact, tab.settings.values());
      address.set({ f: frame || null });
      await opened;
    } catch (error) { toastError(error); }
  }

  close() {
    if (this.shown === "comparison" && this.fromRanking) { this.#show("ranking"); return; }
    if (this.shown === "ranking") this.#forget();
    this.#show(null);
  }

  /** A ranking that runs goes on by itself; it is on the Jobs tab. */
  #forget() {
    const { ranking } = this;
    if (ranking.abort) ranking.cancel();
    else if (ranking.job && isLive(ranking.job)) toast("The ranking goes on.", { action: "Jobs", onAction: () => tell("show-tab", { id: "jobs" }) });
    ranking.stream?.close();
    ranking.job = null;
  }

  #show(view) {
    const { tab, ranking, comparison } = this, was = this.shown;
    if (was === "comparison" && view !== "comparison") comparison.close();
    this.shown = view;
    tab.root.classList.toggle("beside", view !== null);
    if (view) tab.deck.player.stop();
    setHidden(ranking.node, view !== "ranking");
    setHidden(comparison.node, view !== "comparison");
    setHidden(this.back, view !== null || !ranking.job);
    const { session } = tab;
    if (view) address.set({ clip: null, f: view === "comparison" ? address.get("f") : null, rank: view === "ranking" ? ranking.job?.id ?? address.get("rank") : null });
    else address.set({ rank: null, compare: null, clip: session.job?.id ?? session.artifact?.id ?? address.get("clip") });
    if (view === "ranking") ranking.soon();
  }
}
