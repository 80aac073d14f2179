// A page of the playground: an editor, panes that talk to what is written in it, and what happens.

import { Checks } from "./checks.js";
import { button, make, prose, section } from "./dom.js";
import { Editor } from "./editor.js";
import { Engine } from "./engine.js";
import { Kept } from "./kept.js";
import { Loading } from "./loading.js";
import { Pane } from "./panes.js";
import { blamed, link } from "./places.js";
import { Printed } from "./printed.js";
import { Sequence } from "./sequence.js";

const NAMES = ["ada", "grace", "eve"];
const STARTS = 10; // seconds in which the reader's files are imported, and a database is made
const LETS_GO = 4; // seconds without a sign of life, after which the reader's code is stopped
const QUICK = 4; // seconds in which Python starts; where that takes longer, so may all of this
const STOPPED = {
  stopped: "Your code did not let go for some seconds, so it was stopped. Look for a loop without an end, or for a long wait without `await`; then run it again.",
  flooded: "Your code sent or printed without end, so it was stopped. Look for a loop that never ends; then run it again.",
};
const SERVE = "The playground needs a server, since browsers let no file start a worker: run `python3 course.py site serve`.";

class Playground {
  constructor(place, lab) {
    Object.assign(this, { place, lab, again: [] });
    this.kept = new Kept(lab.name, (words) => this.say(words, "lost"));
    this.known = (path) => lab.edits.includes(path);
    this.go = (path, line) => this.editor.goTo(path, line);
    this.build();
    this.engine = new Engine((data) => this.hear(data));
    this.load(true);
  }

  build() {
    const [left, right] = [make("div", { className: "left" }), make("div", { className: "right" })];
    this.status = make("p", { className: "status", role: "status" });
    const top = make("div", { className: "top strip" }, this.tools(), this.status);
    this.loading = new Loading(top, (...words) => this.say(...words));
    this.place.replaceChildren(top, make("div", { className: "halves" }, left, right));
    this.editor = new Editor(left, this.texts(), (path, text) => this.edited(path, text), () => this.run());
    this.printed = new Printed(this.known, this.go, (failure) => this.failure("Your code failed", failure));
    left.append(section("Printed, and errors", this.printed.box));
    this.checks = new Checks(left.appendChild(section("Check")), this.lab, () => this.all(), this.known, this.go);
    this.clients(right);
    this.place.addEventListener("keydown", (event) => stay(event));
  }

  clients(right) {
    const place = make("div", { className: "panes" });
    right.append(place, section("What happens"));
    const [ask, sent] = [(data) => this.engine.ask(data), (data) => this.sequence.hear({ said: "sent", ...data })];
    this.panes = NAMES.slice(0, this.lab.panes).map((name, at) => new Pane(place, at + 1, name, this.lab, ask, sent));
    this.sequence = new Sequence(right.lastChild, () => this.panes.map((pane) => pane.name.value));
    for (const pane of this.panes) pane.name.addEventListener("input", () => this.sequence.redraw());
  }

  tools() {
    this.runs = button("Run", () => this.run(), { className: "btn main" });
    this.back = make("select", { ariaLabel: "What you wrote before" });
    this.takes = button("Take back", () => this.restore());
    this.offer();
    return make("div", { className: "strip" }, this.runs, button("Begin anew", () => this.reset()), this.back, this.takes);
  }

  // Offer the backups.
  offer() {
    const offers = this.kept.backups.map(({ at }, number) => make("option", { textContent: at, value: String(number) }));
    this.back.replaceChildren(...offers);
    this.back.hidden = this.takes.hidden = !offers.length;
  }

  // The texts of the files that are edited: as they were given, or as the reader has left them.
  texts() {
    return Object.fromEntries(this.lab.edits.map((path) => [path, this.kept.files[path] ?? this.lab.files[path]]));
  }

  all() {
    return { ...this.lab.files, ...this.texts() };
  }

  edited(path, text) {
    this.kept.edit(path, text, this.lab.files[path]);
    this.checks.changed();
    if (this.loaded) this.say("Changed. Run it to try it.");
  }

  reset() {
    this.kept.reset(new Date().toLocaleString());
    this.renew();
  }

  restore() {
    this.kept.restore(Number(this.back.value), new Date().toLocaleString());
    this.renew();
  }

  renew() {
    this.offer();
    this.editor.replace(this.texts());
    this.checks.changed();
    this.run();
  }

  // Load the libraries, and then run what is written if that is `wanted`.
  load(wanted) {
    Object.assign(this, { wanted, loaded: false });
    this.engine.start();
    if (!wanted) return;
    this.ready(false);
    this.loading.begin();
  }

  // Serve what is written now; panes that were connected connect again.
  run() {
    if (this.busy) return; // it is about to run what is written then
    this.again = this.panes.filter((pane) => pane.state !== "closed");
    for (const pane of this.panes) {
      pane.show("closed", "not connected");
      pane.anew(); // what it heard is gone with the project
    }
    this.printed.clear();
    this.editor.mark(null);
    if (!this.engine.worker) this.load(true);
    else if (this.loaded) this.serve();
    else this.wait();
  }

  // A worker is on its way already: it runs what is written when it is there.
  wait() {
    this.wanted = true;
    this.ready(false);
    this.loading.begin();
  }

  serve() {
    this.ready(false);
    this.say("Starting your project…", "waiting");
    this.engine.watch(0); // the libraries are imported first, which may take its time
    this.engine.ask({ do: "serve", files: this.all(), env: this.lab.env });
  }

  ready(there) {
    this.busy = !there;
    this.runs.disabled = !there;
    for (const pane of this.panes) pane.enable(there);
  }

  hear(data) {
    this.acts[data.said]?.call(this, data);
    for (const pane of this.panes) pane.hear(data);
    this.sequence.hear(data);
  }

  acts = {
    progress({ done, total }) {
      if (this.wanted) this.loading.show(done, total);
    },
    loaded({ took }) {
      this.loaded = true;
      this.slow = Math.max(1, took / QUICK);
      this.loading.end();
      if (this.wanted) this.serve();
    },
    prepared() {
      this.engine.watch(STARTS * this.slow);
    },
    served() {
      this.engine.watch(LETS_GO * this.slow);
      this.ready(true);
      this.say("Your project runs in this page.", "live");
      for (const pane of this.again) pane.connect();
    },
    printed({ text }) {
      this.printed.add(text);
    },
    failed({ during, message }) {
      if (during === "load") this.lost(message);
      else this.crashed(during, message);
    },
    stopped({ why }) {
      for (const pane of this.panes) pane.show("closed", "not connected");
      this.ready(false);
      this.busy = this.runs.disabled = false;
      this.say(STOPPED[why], "lost");
      this.load(false); // so that the next run need not wait for it
    },
  };

  // Nothing could be loaded; Run tries it again.
  lost(message) {
    this.engine.end();
    this.loading.end();
    this.busy = this.runs.disabled = false;
    this.say(`Loading failed: ${message.trim().split("\n").at(-1)}. Run tries it again.`, "lost");
  }

  crashed(during, message) {
    this.printed.add(`${message.trimEnd()}\n`);
    if (during === "serve") this.engine.watch(0);
    this.busy = this.runs.disabled = false;
    this.failure(during === "serve" ? "Your project did not start" : "Your project failed", blamed(message, this.known));
  }

  // Say what failed, and where.
  failure(what, { words, place }) {
    this.say(`${what}: ${words}`, "lost");
    this.editor.mark(place ?? null);
    if (place) this.status.append(" ", link(place.path, place.line, this.go));
  }

  // state: "live", "waiting" or "lost"
  say(words, state = "") {
    if (this.status.textContent !== words.replaceAll("`", "")) this.status.replaceChildren(...prose(words));
    this.status.dataset.state = state;
  }
}

// The theme turns to the next page at an arrow; here, arrows move in what is read or chosen.
function stay(event) {
  if (event.key === "ArrowLeft" || event.key === "ArrowRight") event.stopPropagation();
}

async function begin(place) {
  if (location.protocol === "file:") {
    place.textContent = SERVE;
    return;
  }
  const answer = await fetch(new URL(`labs/${place.dataset.lab}.json`, import.meta.url));
  if (!answer.ok) throw new Error(`HTTP ${answer.status}`);
  new Playground(place, await answer.json());
}

const place = document.querySelector("#playground");
begin(place).catch((error) => (place.textContent = `The playground could not be loaded: ${error.message}`));
