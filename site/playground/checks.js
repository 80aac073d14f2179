// The lab's own grader, in a worker of its own: the chat goes on meanwhile.

import { button, make, prose } from "./dom.js";
import { Engine } from "./engine.js";
import { linked } from "./places.js";

const START = 90; // seconds without a sign of life while everything is loaded
const MORE = 15; // seconds that a task may take beyond its deadline
const TOO_LONG = "The server did not answer before the deadline."; // as it is for the command's clients
const STOPPED = "The project did not let go, so it was stopped; the tasks after this one are judged without it.";
const SIGNS = { passed: "✓", "not checked": "–", "grader error": "!" };
const READ = /^notebooks\/(?<page>\w+)\.ipynb, “(?<section>.*)”$/;
const CHANGED = " You have changed the code since.";

export class Checks {
  // `files()` returns what is to be judged; `known` and `go` are those of places.js.
  constructor(place, lab, files, known, go) {
    Object.assign(this, { lab, files, known, go, unchecked: [] });
    this.button = button("Check", () => this.begin(null));
    this.said = make("p", { className: "status", role: "status" });
    this.list = make("ol", { className: "verdicts", ariaLabel: "Verdicts" });
    place.append(make("div", { className: "strip" }, this.button, this.said), this.list);
    this.engine = new Engine((data) => this.hear(data));
  }

  // Judge tasks, by id; null: all of them, from the beginning.
  begin(tasks) {
    if (tasks === null) this.anew();
    this.tasks = tasks ?? this.lab.tasks.map((task) => task.id);
    this.judged = this.tasks[0];
    this.button.disabled = true;
    this.say("Loading the lab’s checks…", "waiting");
    if (this.engine.worker) this.ask();
    else this.engine.start();
    this.engine.watch(START);
  }

  anew() {
    this.list.replaceChildren();
    this.taken = this.files();
    this.points = 0;
    this.unchecked = [];
  }

  ask() {
    this.engine.ask({ do: "check", lab: this.lab.number, tasks: this.tasks, files: this.taken });
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
    this.say(`Checking task ${task}, ${this.lab.tasks.find((one) => one.id === task).title}…`, "waiting");
    this.engine.watch(deadline + MORE);
  }

  verdict(data) {
    this.tasks = this.tasks.filter((task) => task !== data.task);
    this.points += data.points;
    if (data.verdict === "not checked") this.unchecked.push(data.task);
    this.list.append(this.item(data));
    this.engine.watch(START);
  }

  // A task that computes without end ends its worker; the next ones are judged by another.
  stopped() {
    const { id, title, points } = this.lab.tasks.find((task) => task.id === this.judged);
    this.verdict({ task: id, title, verdict: "timeout", points: 0, max: points, message: TOO_LONG, lines: [["", STOPPED]] });
    if (this.tasks.length) this.begin(this.tasks);
    else this.done();
  }

  failed(message) {
    this.engine.end();
    this.button.disabled = false;
    this.say(`The check could not run: ${message.trim().split("\n").at(-1)}`, "lost");
  }

  done() {
    this.engine.watch(0);
    this.button.disabled = false;
    const all = this.lab.tasks.reduce((sum, task) => sum + task.points, 0);
    const absent = this.unchecked.length ? ` Not checked here: ${this.unchecked.join(", ")}.` : "";
    this.say(`${this.points} of ${all} points.${absent}`);
    this.changed();
  }

  // Say it when the verdicts are those of another text.
  changed() {
    if (this.button.disabled || !this.list.childElementCount) return;
    const now = this.files();
    const same = Object.entries(this.taken).every(([path, text]) => now[path] === text);
    this.say(this.said.textContent.replace(CHANGED, "") + (same ? "" : CHANGED));
  }

  say(words, state = "") {
    if (this.said.textContent !== words) this.said.textContent = words;
    this.said.dataset.state = state;
  }

  item({ task, title, verdict, points, max, message, should, cause, lines }) {
    const [passed, unchecked] = [verdict === "passed", verdict === "not checked"];
    const looks = passed ? "passed" : unchecked ? "unchecked" : verdict === "grader error" ? "fault" : "failed";
    const item = make("li", { className: looks });
    const worth = passed || unchecked ? "" : `: ${verdict}`;
    item.append(make("b", { textContent: `${SIGNS[verdict] ?? "✗"} ${task} ${title}${worth}` }), ` ${points}/${max} `);
    if (passed) return item;
    item.append(this.hints(task, title));
    const told = [["", message], ["Should: ", should], ["Server log: ", cause], ...lines];
    for (const [label, text] of told.filter((one) => one[1])) {
      item.append(make("p", {}, make("i", { textContent: label }), ...this.linked(text)));
    }
    return item;
  }

  linked(text) {
    const read = READ.exec(text)?.groups;
    if (!read) return linked(text, this.known, this.go).flatMap((node) => (typeof node === "string" ? prose(node) : [node]));
    return [make("a", { href: `../notebooks/${read.page}.html#${anchor(read.section)}`, textContent: text })];
  }

  // A link to the task on the lab's page, where its hints are.
  hints(task, title) {
    const href = `../labs/${this.lab.name}/README.html#${anchor(`Task ${task} · ${title}`)}`;
    return make("a", { href, textContent: `Hints for task ${task}` });
  }
}

// A heading's anchor, as the site makes it.
function anchor(heading) {
  return encodeURIComponent(heading.replace(/["`]/g, "").replaceAll(" ", "-"));
}
