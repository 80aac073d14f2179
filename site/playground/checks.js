// The lab's own grader, in a worker of its own: the chat goes on meanwhile.

import { make } from "./editor.js";
import { Engine } from "./engine.js";

const START = 90; // seconds without a sign of life while everything is loaded
const MORE = 15; // seconds that a task may take beyond its deadline
const TOO_LONG = "The project computed for longer than it may, and was stopped.";
const SIGNS = { passed: "✓", "not checked": "–" };

export class Checks {
  // `files()` returns what is to be judged: every file of the project.
  constructor(place, lab, files) {
    Object.assign(this, { lab, files });
    this.button = make("button", { type: "button", className: "btn", textContent: "Check it" });
    this.said = make("p", { className: "status", role: "status" });
    this.list = make("ol", { className: "verdicts" });
    place.append(make("div", { className: "strip" }, this.button, this.said), this.list);
    this.button.addEventListener("click", () => this.begin(null));
    this.engine = new Engine((data) => this.hear(data));
  }

  // Judge tasks, by id; null: all of them, from the beginning.
  begin(tasks) {
    if (tasks === null) this.list.replaceChildren();
    this.tasks = tasks ?? this.lab.tasks.map((task) => task.id);
    this.points = tasks === null ? 0 : this.points;
    this.judged = this.tasks[0];
    this.button.disabled = true;
    this.said.textContent = "Getting ready…";
    if (!this.engine.worker) this.engine.start();
    else this.ask();
    this.engine.watch(START);
  }

  ask() {
    this.engine.ask({ do: "check", lab: this.lab.number, tasks: this.tasks, files: this.files() });
  }

  hear(data) {
    if (data.said === "loaded") this.ask();
    else if (data.said === "judging") this.judging(data);
    else if (data.said === "verdict") this.verdict(data);
    else if (data.said === "checked") this.done();
    else if (data.said === "stopped") this.stopped();
    else if (data.said === "failed") this.failed(data.message);
  }

  judging({ task, deadline }) {
    this.judged = task;
    this.said.textContent = `Task ${task}…`;
    this.engine.watch(deadline + MORE);
  }

  verdict(data) {
    this.tasks = this.tasks.filter((task) => task !== data.task);
    this.points += data.points;
    this.list.append(this.item(data));
    this.engine.watch(START);
  }

  // A task that computes without end ends its worker; the next ones are judged by another.
  stopped() {
    const { id, title, points } = this.lab.tasks.find((task) => task.id === this.judged);
    const lines = [];
    this.verdict({ task: id, title, verdict: "timeout", points: 0, max: points, message: TOO_LONG, lines });
    if (this.tasks.length) this.begin(this.tasks);
    else this.done();
  }

  failed(message) {
    this.engine.end();
    this.button.disabled = false;
    this.said.textContent = `The check could not run: ${message}`;
  }

  done() {
    this.engine.watch(0);
    this.button.disabled = false;
    const all = this.lab.tasks.reduce((sum, task) => sum + task.points, 0);
    this.said.textContent = `${this.points} of ${all} points, as far as it can be judged here.`;
  }

  item({ task, title, verdict, message, should, cause, lines }) {
    const item = make("li", { className: verdict === "passed" ? "passed" : "failed" });
    item.append(make("b", { textContent: `${SIGNS[verdict] ?? "✗"} ${task} ${title}: ${verdict}` }));
    for (const text of [should && verdict !== "not checked" && verdict !== "passed" ? should : "", message, cause]) {
      if (text) item.append(make("p", { textContent: text }));
    }
    for (const [label, text] of lines) {
      item.append(make("p", {}, make("b", { textContent: label }), text));
    }
    return item;
  }
}
