// Places in the reader's files, as tracebacks and verdicts name them, and how one gets there.

import { make } from "./dom.js";

const PLACE = /File "\/project\/(?<a>[^"\n]+)", line (?<b>\d+)|(?<c>[\w/.-]+\.py), line (?<d>\d+)/g;

// Return the places in a text, in its order: path, line, and where it stands.
export function places(text) {
  return [...text.matchAll(PLACE)].map(({ groups: { a, b, c, d }, index, 0: all }) => {
    return { path: a ?? c, line: Number(b ?? d), index, end: index + all.length };
  });
}

// Return a text as nodes: where it names a line of a file that is edited here, one can go there.
// `go(path, line)` returns nothing; `known(path)` tells whether the editor has the file.
export function linked(text, known, go) {
  const nodes = [];
  let at = 0;
  for (const { path, line, index, end } of places(text).filter((place) => known(place.path))) {
    nodes.push(text.slice(at, index), link(path, line, go));
    at = end;
  }
  return [...nodes, text.slice(at)];
}

export function link(path, line, go) {
  const made = make("button", { type: "button", className: "place", textContent: `${path}, line ${line}` });
  made.addEventListener("click", () => go(path, line));
  return made;
}

// Return what a traceback says: its last line, and the innermost place that is in the reader's files.
export function blamed(traceback, known) {
  const words = traceback.trim().split("\n").findLast((line) => /^\S/.test(line)) ?? "";
  return { words, place: places(traceback).findLast(({ path }) => known(path)) };
}

// Hears what is printed, piece by piece, and tells of each traceback in it once it is complete.
export class Tracebacks {
  constructor(known, tell) {
    Object.assign(this, { known, tell });
    this.clear();
  }

  clear() {
    this.lines = null; // of the traceback that is being printed
    this.rest = "";
  }

  hear(text) {
    const lines = (this.rest + text).split("\n");
    this.rest = lines.pop();
    for (const line of lines) this.line(line);
  }

  line(line) {
    if (line.startsWith("Traceback (most recent call last)")) this.lines = [];
    else if (this.lines && line && !/^\s/.test(line)) this.complete(line);
    else this.lines?.push(line);
  }

  complete(line) {
    const traceback = [...this.lines, line].join("\n");
    this.lines = null;
    this.tell(blamed(traceback, this.known));
  }
}
