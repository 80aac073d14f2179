// The panes: each is a client of the reader's consumer. What comes from it only ever becomes text.

import { make } from "./editor.js";

const CLOSED = { 403: "refused, HTTP 403", 500: "refused, HTTP 500: the consumer failed" };
const VANISHED = 1006;

let keys = 0; // of messages, in this page's life

export class Pane {
  // `lab` says how clients of this lab speak; `ask` sends to the worker.
  constructor(place, number, name, lab, ask) {
    Object.assign(this, { number, lab, ask, state: "closed" });
    this.name = make("input", { value: name, maxLength: 40, autocomplete: "off" });
    this.room = make("input", { value: "lobby", maxLength: 80, autocomplete: "off" });
    this.status = make("p", { className: "status", role: "status" });
    this.toggle = make("button", { className: "btn" });
    this.vanish = make("button", { type: "button", className: "btn", textContent: "Vanish" });
    this.log = make("ol", { className: "log", tabIndex: 0, ariaLabel: `What client ${number} hears` });
    this.log.setAttribute("role", "log");
    place.append(make("section", { className: "pane", ariaLabel: `Client ${number}` }, this.door(), this.log, this.composer()));
    this.show("closed", "not connected");
  }

  door() {
    const named = this.lab.path.includes("{room}");
    const form = make("form", { className: "strip" }, labelled("Name", this.name));
    if (named) form.append(labelled("Room", this.room));
    form.append(this.toggle, this.vanish, this.status);
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      if (this.state === "closed") this.connect();
      else this.close(1000);
    });
    this.vanish.addEventListener("click", () => this.close(VANISHED));
    return form;
  }

  composer() {
    this.text = make("input", { autocomplete: "off", placeholder: "Say something" });
    this.send = make("button", { className: "btn", textContent: "Send" });
    const form = make("form", { className: "strip" }, labelled("Message", this.text), this.send);
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.say(this.lab.message);
    });
    this.buttons = [this.send];
    for (const one of this.lab.more) form.append(this.extra(one));
    return form;
  }

  // A button for another kind of frame: its own words, or the field's as raw text or as bytes.
  extra({ label, frame, raw }) {
    const button = make("button", { type: "button", className: "btn", textContent: label });
    button.addEventListener("click", () => this.say(frame ?? "{text}", raw));
    this.buttons.push(button);
    return button;
  }

  connect() {
    const room = encodeURIComponent(this.room.value);
    const path = this.lab.path.replace("{room}", room);
    this.show("waiting", "connecting…");
    this.ask({ do: "open", id: this.number, path, name: this.name.value, logIn: this.lab.login });
  }

  close(code) {
    this.ask({ do: "close", id: this.number, code });
    this.show("closed", code === VANISHED ? "vanished" : "closed by this page, 1000");
  }

  // Send a frame: a template, filled with what stands in the fields.
  say(template, raw) {
    const text = this.text.value;
    if (raw === "bytes") {
      const digits = [...new TextEncoder().encode(text)].map((byte) => byte.toString(16).padStart(2, "0"));
      this.ask({ do: "send", id: this.number, digits: digits.join(" ") });
    } else {
      const known = { name: this.name.value, text, key: `${this.number}-${(keys += 1)}-${Date.now()}` };
      const filled = typeof template === "string" ? fill(template, known) : JSON.stringify(template, (_, one) => fill(one, known));
      this.ask({ do: "send", id: this.number, text: filled });
    }
    this.text.value = "";
    this.text.focus();
  }

  hear(data) {
    if (data.id !== this.number) return;
    if (data.said === "answered" && data.status === 101) this.show("live", "connected");
    else if (data.said === "answered") this.show("closed", CLOSED[data.status] ?? `refused, HTTP ${data.status}`);
    else if (data.said === "frame" && data.kind === "close") this.show("closed", `closed by the server, ${data.code} ${data.reason}`);
    else if (data.said === "frame") this.line(data.kind, data.payload);
  }

  line(kind, payload) {
    const atEnd = this.log.scrollHeight - this.log.scrollTop - this.log.clientHeight < 40;
    this.log.append(make("li", { className: kind, textContent: kind === "text" ? told(payload) : payload, title: payload }));
    while (this.log.childElementCount > 200) this.log.firstChild.remove();
    if (atEnd) this.log.scrollTop = this.log.scrollHeight;
  }

  // state: "closed", "waiting" or "live"
  show(state, words) {
    this.state = state;
    this.status.textContent = words;
    this.status.dataset.state = state;
    this.toggle.textContent = state === "closed" ? "Connect" : "Disconnect";
    this.vanish.disabled = state !== "live";
    for (const button of this.buttons ?? []) button.disabled = state !== "live";
  }

  // Whether the project is there to be connected to.
  enable(there) {
    this.toggle.disabled = !there;
  }
}

function labelled(words, field) {
  return make("label", {}, `${words} `, field);
}

function fill(value, known) {
  return typeof value === "string" ? value.replace(/\{(name|text|key)\}/g, (_, name) => known[name]) : value;
}

// Show a chat's message as a person reads it, and anything else as it came.
function told(payload) {
  try {
    const { type, author, text } = JSON.parse(payload);
    if (type === "message" && typeof text === "string") return `${author}: ${text}`;
  } catch {
    // no JSON: it is shown as it came
  }
  return payload;
}
