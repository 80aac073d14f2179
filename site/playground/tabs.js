// Tabs, as a keyboard expects them: Tab comes to the chosen one, arrows lead to the others.

import { make } from "./dom.js";

const STEPS = { ArrowRight: 1, ArrowLeft: -1 };

export class Tabs {
  // `chosen(name)` hears of each choice.
  constructor(place, label, names, chosen) {
    this.names = names;
    this.list = make("div", { className: "files", role: "tablist", ariaLabel: label });
    this.tabs = names.map((name, at) => {
      const tab = make("button", { type: "button", id: `tab-${at}`, textContent: name, role: "tab" });
      tab.setAttribute("aria-controls", "tab-panel");
      tab.addEventListener("click", () => chosen(name));
      tab.addEventListener("keydown", (event) => this.key(event, at, chosen));
      return tab;
    });
    this.list.append(...this.tabs);
    place.append(this.list);
  }

  // Make an element the panel that the tabs are about.
  panel(element) {
    this.shown = Object.assign(element, { id: "tab-panel", role: "tabpanel" });
    return element;
  }

  choose(name) {
    this.tabs.forEach((tab, at) => {
      const chosen = this.names[at] === name;
      tab.setAttribute("aria-selected", String(chosen));
      tab.tabIndex = chosen ? 0 : -1;
      if (chosen) this.shown.setAttribute("aria-labelledby", tab.id);
    });
  }

  key(event, at, chosen) {
    const { length } = this.tabs;
    const ends = { Home: 0, End: length - 1 };
    const next = ends[event.key] ?? (event.key in STEPS ? (at + STEPS[event.key] + length) % length : null);
    if (next === null) return;
    event.preventDefault();
    chosen(this.names[next]);
    this.tabs[next].focus();
  }
}
