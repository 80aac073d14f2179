// The sequence diagram: a column for each client, its consumer, and the groups; time runs down.
// It is a list, so that it can be read aloud; only the arrows are drawn by the style sheet.

import { make } from "./editor.js";

const KEPT = 300; // rows

export class Sequence {
  // `names()` returns the name of each pane, the first one's first.
  constructor(place, names) {
    this.names = names;
    this.heads = make("div", { className: "lanes", ariaHidden: "true" });
    this.rows = make("ol", { className: "rows", tabIndex: 0, ariaLabel: "Events, in order" });
    place.append(this.heads, this.rows);
    this.rename();
  }

  // The lanes from left to right: two panes stand on both sides of the groups.
  rename() {
    const names = this.names();
    const pairs = names.map((name, at) => [`client ${at + 1}`, `consumer ${at + 1}`, name]);
    const titles = { groups: "groups" };
    for (const [client, consumer, name] of pairs) {
      titles[client] = name;
      titles[consumer] = `${name}’s consumer`;
    }
    const [first, ...others] = pairs;
    this.lanes = [first[0], first[1], "groups", ...others.flatMap(([client, consumer]) => [consumer, client])];
    this.titles = titles;
    this.heads.style.setProperty("--lanes", this.lanes.length);
    this.rows.style.setProperty("--lanes", this.lanes.length);
    this.heads.replaceChildren(...this.lanes.map((lane) => make("span", { textContent: titles[lane] })));
  }

  // Draw an arrow; `kind` is what it is called, `text` what it carries.
  arrow(from, to, kind, text = "") {
    const [a, b] = [this.lanes.indexOf(from), this.lanes.indexOf(to)];
    if (a < 0 || b < 0) return this.note(`${kind} ${text}`); // of no pane, such as a view's
    const words = make("span", { className: "visually-hidden" });
    words.textContent = `${this.titles[from]} to ${this.titles[to]}: `;
    const label = make("b", { textContent: kind });
    const carried = make("code", { textContent: text, title: text });
    const line = make("span", { className: a < b ? "arrow right" : "arrow left" }, words, label, " ", carried);
    line.style.gridColumn = `${2 * Math.min(a, b) + 2} / ${2 * Math.max(a, b) + 2}`;
    this.add(make("li", {}, line));
  }

  // Write something across all lanes.
  note(text) {
    const line = make("span", { className: "note", textContent: text });
    this.add(make("li", {}, line));
  }

  add(row) {
    const atEnd = this.rows.scrollHeight - this.rows.scrollTop - this.rows.clientHeight < 40;
    this.rows.append(row);
    while (this.rows.childElementCount > KEPT) this.rows.firstChild.remove();
    if (atEnd) this.rows.scrollTop = this.rows.scrollHeight;
  }

  clear() {
    this.rows.replaceChildren();
  }

  // Draw what the worker tells; other messages are not for the diagram.
  hear(data) {
    const [client, consumer] = [`client ${data.id}`, `consumer ${data.id}`];
    if (data.said === "event") {
      const { type, ...rest } = data.event;
      if (data.way === "in") this.arrow(client, consumer, type, carried(rest));
      else this.arrow(consumer, client, type, carried(rest));
    } else if (data.said === "answered") {
      this.arrow(consumer, client, `HTTP ${data.status}`);
    } else if (data.said === "group" && data.do === "event") {
      this.arrow("groups", consumer, data.what.type, JSON.stringify(data.what));
    } else if (data.said === "group") {
      const what = data.do === "group_send" ? JSON.stringify(data.what) : "";
      this.arrow(consumer, "groups", data.do, `${data.group} ${what}`);
    } else if (data.said === "returned") {
      this.note(`${this.titles[consumer]} has ended`);
    }
  }
}

function carried(rest) {
  const told = Object.entries(rest).filter(([, value]) => value !== null && value !== "");
  if (told.length === 1 && typeof told[0][1] === "string") return told[0][1];
  return told.length ? JSON.stringify(Object.fromEntries(told)) : "";
}
