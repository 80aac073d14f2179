// The sequence diagram: a column for each client, the server, each consumer, and the groups; time
// runs down. Below it stands the same as a list, for who does not see it, and for long texts.

import { appendTo, button, draw, make, stayAtEnd } from "./dom.js";
import { stepOf } from "./steps.js";

const KEPT = 300; // steps
const ROW = 34; // pixels
const LETTER = 6.65; // the width of one, in pixels
const LANE = 68; // the least width of a column: its title's words stay whole

export class Sequence {
  // `names()` returns the name of each pane, the first one's first.
  constructor(place, names) {
    Object.assign(this, { names, steps: [], gone: 0, grouped: false });
    this.heads = make("div", { className: "lanes", ariaHidden: "true" });
    this.svg = draw("svg", { role: "img" });
    this.frame = make("div", { className: "diagram", tabIndex: 0, role: "group", ariaLabel: "Sequence diagram" });
    this.frame.append(this.heads, this.svg);
    this.list = make("ol", { tabIndex: 0, ariaLabel: "Events, in order" });
    const same = make("details", {}, make("summary", { textContent: "The same as a list" }), this.list);
    place.append(legend(), this.frame, same, button("Clear", () => this.clear()));
    new ResizeObserver(() => this.frame.clientWidth !== this.seen && this.redraw()).observe(this.frame);
    this.redraw();
  }

  // Draw what a pane or the worker tells; what is no step is not for the diagram.
  hear(data) {
    const step = stepOf(data);
    if (!step) return;
    this.steps.push(step);
    if (step.kind === "group" && !this.grouped) {
      this.grouped = true;
      this.redraw();
    } else {
      this.add(step);
    }
    appendTo(this.list, this.told(step), KEPT);
  }

  clear() {
    Object.assign(this, { steps: [], gone: 0, grouped: false });
    this.list.replaceChildren();
    this.redraw();
  }

  // Begin the drawing anew, as when a name or the width has changed.
  redraw() {
    this.seen = this.frame.clientWidth;
    this.lay();
    this.lines = draw("g");
    this.rows = draw("g");
    this.svg.replaceChildren(this.lines, this.rows);
    const steps = this.steps.slice(-KEPT);
    this.gone = 0;
    this.steps = [];
    this.resize();
    for (const step of steps) {
      this.steps.push(step);
      this.add(step);
    }
  }

  // Lay out the columns.
  lay() {
    const names = this.names();
    const clients = names.map((name, at) => [`client ${at + 1}`, name || `client ${at + 1}`]);
    const consumers = clients.map(([, name], at) => [`consumer ${at + 1}`, `${name}’s consumer`]);
    this.titles = new Map([...clients, ["server", "server"], ...consumers]);
    if (this.grouped) this.titles.set("groups", "groups");
    const lanes = [...this.titles.keys()];
    this.width = Math.max(this.seen || 0, lanes.length * LANE);
    const each = this.width / lanes.length;
    this.middles = new Map(lanes.map((lane, at) => [lane, (at + 0.5) * each]));
    this.heads.style.width = `${this.width}px`;
    this.heads.replaceChildren(...lanes.map((lane) => make("span", { textContent: this.titles.get(lane) })));
  }

  add(step) {
    stayAtEnd(this.frame, 2 * ROW);
    const top = (this.gone + this.steps.length - 1) * ROW;
    this.rows.append(this.row(step, top));
    if (this.steps.length > KEPT) {
      this.steps.shift();
      this.rows.firstElementChild.remove();
      this.gone += 1;
    }
    this.resize();
  }

  // Let the drawing be as high as its rows, and the columns' lines as long.
  resize() {
    const [top, height] = [this.gone * ROW, Math.max(this.steps.length, 4) * ROW];
    const sizes = { width: this.width, height, viewBox: `0 ${top} ${this.width} ${height}` };
    for (const [name, value] of Object.entries(sizes)) this.svg.setAttribute(name, value);
    const path = [...this.middles.values()].map((x) => `M${x} ${top}v${height}`).join("");
    this.lines.replaceChildren(draw("path", { class: "life", d: path }));
    const count = this.steps.length;
    this.svg.setAttribute("aria-label", `Sequence diagram of ${count} ${count === 1 ? "event" : "events"}; the list below says the same.`);
  }

  row({ kind, from, to, name, text }, top) {
    const [a, b] = [from, to].map((lane) => this.middles.get(lane) ?? this.middles.get("groups") ?? this.middles.get("server"));
    const y = top + 24;
    const group = draw("g", { class: kind }, draw("title", {}, `${name} ${text}`));
    group.append(this.label(name, text, (a + b) / 2, top + 15));
    if (kind === "end") group.append(draw("path", { class: "end", d: `M${a - 5} ${y - 5}l10 10m0 -10l-10 10` }));
    else group.append(draw("path", { class: "line", d: `M${a} ${y}H${b}` }), head(b, y, a < b ? -1 : 1));
    return group;
  }

  // A step's name and text above its arrow, cut where the drawing ends.
  label(name, text, middle, y) {
    const room = Math.floor(this.width / LETTER) - 2;
    const all = text ? `${name} ${text}` : name;
    const seen = all.length > room ? `${all.slice(0, room - 1)}…` : all;
    const half = (seen.length * LETTER) / 2;
    const x = Math.min(Math.max(middle, half + 4), this.width - half - 4);
    const rest = draw("tspan", {}, seen.slice(name.length));
    return draw("text", { x, y }, draw("tspan", { class: "name" }, seen.slice(0, name.length)), rest);
  }

  // A step in words.
  told({ kind, from, to, name, text }) {
    const [who, whom] = [from, to].map((lane) => this.titles.get(lane) ?? "another consumer");
    if (kind === "end") return make("li", { textContent: `${who} ${name}` });
    const carried = text ? [" ", make("code", { textContent: text })] : [];
    return make("li", {}, `${who} to ${whom}: `, make("b", { textContent: name }), ...carried);
  }
}

function head(x, y, way) {
  return draw("path", { class: "head", d: `M${x} ${y}l${8 * way} -4v8z` });
}

function legend() {
  const kinds = { wire: "frames and HTTP", asgi: "ASGI events", group: "groups of the channel layer" };
  const parts = Object.entries(kinds).map(([kind, words]) => make("li", { className: kind, textContent: words }));
  return make("ul", { className: "legend" }, ...parts);
}
