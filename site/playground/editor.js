// The editor: a plain text field with line numbers. It needs no library, it works with a screen
// reader and on a phone, and Tab indents without trapping the keyboard: Esc, then Tab, leaves it.

const INDENT = "    ";

export class Editor {
  // `changed(path, text)` hears of each edit, `run()` of Ctrl+Enter.
  constructor(place, files, changed, run) {
    Object.assign(this, { files, changed, run });
    this.tabs = make("div", { className: "files", role: "tablist", ariaLabel: "Files" });
    this.lines = make("pre", { className: "lines", ariaHidden: "true" });
    this.field = make("textarea", { spellcheck: false, wrap: "off", autocapitalize: "off", autocomplete: "off" });
    this.field.setAttribute("aria-describedby", "editor-keys");
    const box = make("div", { className: "code" });
    box.append(this.lines, this.field);
    const keys = make("p", { className: "hint", id: "editor-keys" });
    keys.textContent = "Ctrl+Enter runs it. Tab indents, Shift+Tab takes it back; Esc, then Tab, leaves the editor.";
    place.append(this.tabs, box, keys);
    this.field.addEventListener("input", () => this.edited());
    this.field.addEventListener("keydown", (event) => this.key(event));
    this.field.addEventListener("scroll", () => (this.lines.scrollTop = this.field.scrollTop));
    this.show(Object.keys(files)[0]);
  }

  show(path) {
    this.path = path;
    this.field.value = this.files[path];
    this.field.setAttribute("aria-label", path);
    this.tabs.replaceChildren(...Object.keys(this.files).map((one) => this.tab(one)));
    this.number();
  }

  tab(path) {
    const tab = make("button", { type: "button", textContent: path, role: "tab" });
    tab.setAttribute("aria-selected", String(path === this.path));
    tab.addEventListener("click", () => this.show(path));
    return tab;
  }

  // Take other texts for the files, as after a reset.
  replace(files) {
    this.files = files;
    this.show(files[this.path] === undefined ? Object.keys(files)[0] : this.path);
  }

  edited() {
    this.files[this.path] = this.field.value;
    this.number();
    this.changed(this.path, this.field.value);
  }

  number() {
    const count = this.field.value.split("\n").length;
    if (count === this.count) return;
    this.count = count;
    this.lines.textContent = Array.from({ length: count }, (_, at) => at + 1).join("\n");
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
    }
    if (event.key !== "Shift") this.leaving = false;
  }

  // Indent the lines of the selection, or take an indent back.
  indent(back) {
    const { value, selectionStart: from, selectionEnd: to } = this.field;
    if (from === to && !back) {
      this.insert(INDENT, from, to);
      return;
    }
    const start = value.lastIndexOf("\n", from - 1) + 1;
    const lines = value.slice(start, to).split("\n");
    const moved = lines.map((line) => (back ? line.replace(/^ {1,4}/, "") : line && INDENT + line));
    this.insert(moved.join("\n"), start, to);
    this.field.setSelectionRange(start, start + moved.join("\n").length);
  }

  insert(text, from, to) {
    this.field.setRangeText(text, from, to, "end");
    this.edited();
  }
}

export function make(name, properties = {}, ...inside) {
  const element = Object.assign(document.createElement(name), properties);
  element.append(...inside);
  return element;
}
