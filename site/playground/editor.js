// The editor: a text field, with line numbers and colours behind it. It needs no library, it works
// with a screen reader and on a phone, and Tab indents without trapping the keyboard.

import { make } from "./dom.js";
import { coloured } from "./highlight.js";
import { Tabs } from "./tabs.js";

const INDENT = "    ";
const KEYS = "Tab indents, Shift+Tab takes it back. To leave the editor by keyboard: Esc, then Tab. Ctrl+Enter runs it.";
const FIELD = { id: "editor", spellcheck: false, wrap: "off", autocapitalize: "off", autocomplete: "off" };

export class Editor {
  // `changed(path, text)` hears of each edit, `run()` of Ctrl+Enter.
  constructor(place, files, changed, run) {
    Object.assign(this, { files, changed, run });
    this.lines = make("div", { className: "lines", ariaHidden: "true" });
    this.fault = make("div", { className: "fault", hidden: true });
    this.behind = make("pre", { className: "behind" });
    this.field = make("textarea", FIELD);
    this.field.setAttribute("aria-describedby", "editor-keys");
    this.tabs = new Tabs(place, "Files", Object.keys(files), (path) => this.show(path));
    place.append(this.box(), make("p", { className: "hint", id: "editor-keys", textContent: KEYS }));
    this.listen();
    this.show(Object.keys(files)[0]);
  }

  box() {
    this.moved = make("div", { className: "moved", ariaHidden: "true" }, this.fault, this.behind);
    const text = make("div", { className: "text" }, this.moved, this.field);
    return this.tabs.panel(make("div", { className: "code" }, this.lines, text));
  }

  listen() {
    this.field.addEventListener("input", () => this.edited());
    this.field.addEventListener("keydown", (event) => this.key(event));
    this.field.addEventListener("blur", () => (this.leaving = false));
    this.field.addEventListener("scroll", () => this.follow());
  }

  // Let numbers and colours stand where the text stands.
  follow() {
    this.lines.scrollTop = this.field.scrollTop;
    this.moved.style.transform = `translate(${-this.field.scrollLeft}px, ${-this.field.scrollTop}px)`;
  }

  show(path) {
    this.path = path;
    this.field.value = this.files[path];
    this.field.setAttribute("aria-label", path);
    this.tabs.choose(path);
    this.paint();
    this.follow();
  }

  // Take other texts for the files, as after a reset.
  replace(files) {
    this.files = files;
    this.mark(null);
    this.show(files[this.path] === undefined ? Object.keys(files)[0] : this.path);
  }

  edited() {
    this.files[this.path] = this.field.value;
    if (this.bad?.path === this.path) this.bad = null;
    this.paint();
    this.changed(this.path, this.field.value);
  }

  // Mark the line of a file that is to blame; null: none.
  mark(place) {
    this.bad = place;
    this.paint();
  }

  // Show a line, and put the cursor there.
  goTo(path, line) {
    if (path !== this.path) this.show(path);
    const before = this.field.value.split("\n").slice(0, line - 1);
    const at = before.reduce((sum, one) => sum + one.length + 1, 0);
    this.field.focus();
    this.field.setSelectionRange(at, at);
    const height = this.field.scrollHeight / this.field.value.split("\n").length;
    this.field.scrollTop = Math.max(0, (line - 6) * height);
  }

  paint() {
    const bad = this.bad?.path === this.path ? this.bad.line : 0;
    const count = this.field.value.split("\n").length;
    const numbers = Array.from({ length: count }, (_, at) => {
      return at + 1 === bad ? make("b", { textContent: `${bad}\n` }) : `${at + 1}\n`;
    });
    this.lines.replaceChildren(...numbers);
    this.behind.replaceChildren(...coloured(this.field.value));
    this.fault.hidden = !bad;
    this.fault.style.setProperty("--line", bad - 1);
  }

  key(event) {
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
      event.preventDefault();
      this.run();
    } else if (event.key === "Escape") {
      this.leaving = true;
      return;
    } else if (event.key === "Tab" && !this.leaving) {
      event.preventDefault();
      this.indent(event.shiftKey);
    } else if (event.key === "Enter" && !event.isComposing) {
      event.preventDefault();
      this.newLine();
    }
    if (event.key !== "Shift") this.leaving = false;
  }

  // Begin a line as deep as the one before, and deeper after a colon.
  newLine() {
    const before = this.field.value.slice(0, this.field.selectionStart);
    const line = before.slice(before.lastIndexOf("\n") + 1);
    this.insert(`\n${line.match(/^ */)[0]}${line.trimEnd().endsWith(":") ? INDENT : ""}`);
  }

  // Indent the lines of the selection, or take an indent back.
  indent(back) {
    const { value, selectionStart: from, selectionEnd: to } = this.field;
    if (from === to && !back) return this.insert(INDENT);
    const start = value.lastIndexOf("\n", from - 1) + 1;
    const lines = value.slice(start, to).split("\n");
    const moved = lines.map((line) => (back ? line.replace(/^ {1,4}/, "") : line && INDENT + line)).join("\n");
    this.field.setSelectionRange(start, to);
    this.insert(moved);
    return this.field.setSelectionRange(from === to ? start + moved.length : start, start + moved.length);
  }

  // Put a text where the selection is, so that it can be undone.
  insert(text) {
    const { selectionStart: from, selectionEnd: to } = this.field;
    const done = text ? document.execCommand("insertText", false, text) : document.execCommand("delete");
    if (done) return;
    this.field.setRangeText(text, from, to, "end");
    this.edited();
  }
}
