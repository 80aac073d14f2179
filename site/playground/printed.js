// What the reader's code printed, with a way to each place that a traceback names.

import { make, stayAtEnd } from "./dom.js";
import { Tracebacks, linked } from "./places.js";

const PIECES = 400; // that are kept

export class Printed {
  // `known` and `go` are those of places.js; `failed` hears of each traceback.
  constructor(known, go, failed) {
    Object.assign(this, { known, go });
    this.tracebacks = new Tracebacks(known, failed);
    this.box = make("pre", { className: "printed", tabIndex: 0, role: "group", ariaLabel: "What your code printed" });
    this.clear();
  }

  clear() {
    this.tracebacks.clear();
    this.box.replaceChildren(make("span", { className: "hint", textContent: "Nothing yet." }));
    this.empty = true;
  }

  add(text) {
    if (this.empty) this.box.replaceChildren();
    this.empty = false;
    stayAtEnd(this.box, Infinity);
    this.box.append(make("span", {}, ...linked(text, this.known, this.go)));
    while (this.box.childElementCount > PIECES) this.box.firstElementChild.remove();
    this.tracebacks.hear(text);
  }
}
