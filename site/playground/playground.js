// A page of the playground: an editor, panes that talk to what is written in it, and what happens.

import { Checks } from "./checks.js";
import { Editor, make } from "./editor.js";
import { Engine } from "./engine.js";
import { Kept } from "./kept.js";
import { Pane } from "./panes.js";
import { Sequence } from "./sequence.js";

const NAMES = ["ada", "grace", "eve"];
const STARTS = 10; // seconds in which the reader's files are imported, and a database is made
const LETS_GO = 4; // seconds without a sign of life, after which the reader's code is stopped
const STOPPED = {
  stopped: "Your code did not let go for some seconds, so it was stopped. Look for a loop without an end, or for a long wait without `await`; then run it again.",
  flooded: "Your code sent or printed without end, so it was stopped. Look for a loop that never ends; then run it again.",
};
const FAILED = { load: "Loading failed", serve: "Your project did not start" };
const SERVE = "The playground needs a server, since browsers let no file start a worker: run `python3 course.py site serve`.";

class Playground {
  constructor(place, lab) {
    Object.assign(this, { place, lab });
    this.kept = new Kept(lab.name, (words) => this.say(words, "lost"));
    this.build();
    this.engine = new Engine((data) => this.hear(data));
    this.start();
  }

  build() {
    this.status = make("p", { className: "status", role: "status" });
    this.bar = make("progress", { max: 1, value: 0, ariaLabel: "Loading" });
    this.output = make("pre", { className: "printed", tabIndex: 0, ariaLabel: "What your code printed" });
    const [left, right] = [make("div", { className: "left" }), make("div", { className: "right" })];
    left.append(this.tools());
    this.editor = new Editor(left, this.texts(), (path, text) => this.edited(path, text), () => this.run());
    left.append(section("Printed, and errors", this.output));
    this.checks = new Checks(left.appendChild(section("Check")), this.lab, () => this.all());
    this.panes = NAMES.slice(0, this.lab.panes).map((name, at) => {
      return new Pane(right, at + 1, name, this.lab, (data) => this.engine.ask(data));
    });
    this.drawn(right);
    this.place.replaceChildren(this.bar, this.status, make("div", { className: "halves" }, left, right));
  }

  drawn(right) {
    const place = right.appendChild(section("What happens"));
    const clear = make("button", { type: "button", className: "btn", textContent: "Clear" });
    this.sequence = new Sequence(place, () => this.panes.map((pane) => pane.name.value));
    clear.addEventListener("click", () => this.sequence.clear());
    place.append(clear);
    for (const pane of this.panes) pane.name.addEventListener("input", () => this.sequence.rename());
  }

  tools() {
    const [run, reset] = [button("Run", () => this.run()), button("Begin anew", () => this.reset())];
    this.back = make("select", { ariaLabel: "Take back what you wrote before" });
    this.back.addEventListener("change", () => this.restore());
    this.runs = run;
    this.offer();
    return make("div", { className: "strip" }, run, reset, this.back);
  }

  // Offer the backups.
  offer() {
    const { backups } = this.kept.data;
    const first = make("option", { textContent: "Take back…", value: "" });
    const others = backups.map(({ at }, number) => make("option", { textContent: at, value: String(number) }));
    this.back.replaceChildren(first, ...others);
    this.back.hidden = !backups.length;
  }

  // The texts of the files that are edited: as they were given, or as the reader has left them.
  texts() {
    return Object.fromEntries(this.lab.edits.map((path) => [path, this.kept.data.files[path] ?? this.lab.files[path]]));
  }

  all() {
    return { ...this.lab.files, ...this.texts() };
  }

  edited(path, text) {
    this.kept.edit(path, text);
    this.say("Changed; run it to try it.", "waiting");
  }

  reset() {
    if (this.kept.reset(new Date().toLocaleString())) this.say("What you wrote is kept under “Take back”.");
    this.changed();
  }

  restore() {
    if (this.back.value === "") return;
    this.kept.restore(Number(this.back.value), new Date().toLocaleString());
    this.changed();
  }

  changed() {
    this.offer();
    this.editor.replace(this.texts());
    this.run();
  }

  start() {
    this.ready(false);
    this.bar.hidden = false;
    this.say("Loading Python, Django and Channels…", "waiting");
    this.engine.start();
  }

  // Serve what is written now; panes that were connected connect again.
  run() {
    this.again = this.panes.filter((pane) => pane.state !== "closed");
    for (const pane of this.panes) pane.show("closed", "not connected");
    this.output.textContent = "";
    if (!this.engine.worker) return this.start();
    if (!this.loaded) return undefined;
    this.ready(false);
    this.say("Starting…", "waiting");
    this.engine.watch(0); // the libraries are imported first, which may take its time
    return this.engine.ask({ do: "serve", files: this.all(), env: this.lab.env });
  }

  ready(there) {
    this.runs.disabled = !there;
    for (const pane of this.panes) pane.enable(there);
  }

  hear(data) {
    const act = this.acts[data.said];
    if (act) act.call(this, data);
    for (const pane of this.panes) pane.hear(data);
    this.sequence.hear(data);
  }

  acts = {
    progress({ done, total }) {
      this.bar.value = Math.min(done / total, 1);
    },
    loaded() {
      this.loaded = true;
      this.bar.hidden = true;
      this.run();
    },
    prepared() {
      this.engine.watch(STARTS);
    },
    served() {
      this.engine.watch(LETS_GO);
      this.ready(true);
      this.say("Your project runs in this page.", "live");
      for (const pane of this.again) pane.connect();
    },
    printed({ text }) {
      this.output.textContent = (this.output.textContent + text).slice(-20_000);
    },
    failed({ during, message }) {
      const lines = message.trim().split("\n");
      this.output.textContent += `${message}\n`;
      if (during === "load") this.engine.end();
      if (during === "serve") this.engine.watch(LETS_GO);
      this.runs.disabled = false;
      this.say(`${FAILED[during] ?? "Your project failed"}: ${lines.at(-1)}`, "lost");
    },
    stopped({ why }) {
      this.loaded = false;
      for (const pane of this.panes) pane.show("closed", "not connected");
      this.ready(false);
      this.runs.disabled = false;
      this.say(STOPPED[why], "lost");
    },
  };

  // state: "live", "waiting" or "lost"
  say(words, state = "") {
    this.status.textContent = words;
    this.status.dataset.state = state;
  }
}

function button(words, act) {
  const made = make("button", { type: "button", className: "btn", textContent: words });
  made.addEventListener("click", act);
  return made;
}

function section(title, ...inside) {
  return make("section", {}, make("h2", { textContent: title }), ...inside);
}

async function begin(place) {
  if (location.protocol === "file:") {
    place.textContent = SERVE;
    return;
  }
  const answer = await fetch(new URL(`labs/${place.dataset.lab}.json`, import.meta.url));
  new Playground(place, await answer.json());
}

const place = document.querySelector("#playground");
begin(place).catch((error) => (place.textContent = `The playground could not be loaded: ${error.message}`));
