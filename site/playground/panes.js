// The panes: each is a client of the reader's consumer. What comes from it only ever becomes text.

import { appendTo, button, labelled, make } from "./dom.js";

const REFUSED = { 403: "refused, HTTP 403", 500: "refused, HTTP 500: the consumer failed" };
const DROPPED = "dropped: the consumer has neither accepted nor refused for 5 seconds";
const NORMAL = 1000;
const VANISHED = 1006;
const LINES = 200; // in a pane

let keys = 0; // of messages, in this page's life

export class Pane {
  // `lab` says how clients of this lab speak; `ask` sends to the worker, `sent` hears what a client does.
  constructor(place, number, name, lab, ask, sent) {
    Object.assign(this, { number, lab, ask, sent });
    this.name = make("input", { value: name, maxLength: 40, autocomplete: "off", spellcheck: false });
    this.room = make("input", { value: "lobby", maxLength: 100, autocomplete: "off", spellcheck: false });
    this.after = make("input", { value: "0", maxLength: 18, autocomplete: "off", inputMode: "numeric" });
    this.status = make("p", { className: "status", role: "status" });
    this.toggle = make("button", { className: "btn" });
    const title = "Cut the connection without a close frame, as when a phone loses its network";
    this.vanish = button("Vanish", () => this.close(VANISHED), { title });
    this.log = make("div", { className: "log", tabIndex: 0, ariaLabel: `What client ${number} hears` });
    this.log.setAttribute("role", "log");
    this.pane = make("section", { className: "pane", ariaLabel: `Client ${number}` });
    this.pane.append(this.door(), this.status, this.log, this.composer());
    place.append(this.pane);
    this.show("closed", "not connected");
  }

  door() {
    const form = make("form", { className: "door" }, labelled("Name", this.name));
    if (this.lab.path.includes("{room}")) form.append(labelled("Room", this.room));
    if (this.lab.path.includes("{after}")) form.append(labelled("After", this.after));
    for (const field of [this.name, this.room]) field.addEventListener("input", () => this.anew());
    form.append(make("div", { className: "strip" }, this.toggle, this.vanish));
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      if (this.state === "closed") this.connect();
      else this.close(NORMAL);
    });
    return form;
  }

  composer() {
    this.text = make("input", { autocomplete: "off", enterKeyHint: "send" });
    const send = make("button", { className: "btn", textContent: "Send" });
    const more = this.lab.more.map((one) => this.extra(one));
    this.buttons = [send, ...more];
    const form = make("form", { className: "composer" }, labelled("Message", this.text), send);
    form.append(make("div", { className: "strip" }, ...more));
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.say(this.lab.message);
    });
    return form;
  }

  // A button for another kind of frame: its own words, or the field's as raw text or as bytes.
  extra({ label, frame, raw }) {
    return button(label, () => this.say(frame ?? "{text}", raw));
  }

  connect() {
    const told = { room: this.room.value, after: this.after.value };
    const path = this.lab.path.replace(/\{(\w+)\}/g, (_, name) => encodeURIComponent(told[name]));
    if (told.after === "0") this.log.replaceChildren();
    this.show("waiting", "connecting…");
    this.sent({ id: this.number, frame: "GET", payload: path });
    this.ask({ do: "open", id: this.number, path, name: this.name.value, logIn: this.lab.login });
  }

  close(code) {
    this.sent({ id: this.number, frame: code === VANISHED ? "vanish" : "close", payload: String(code) });
    this.ask({ do: "close", id: this.number, code });
    this.show("closed", code === VANISHED ? "vanished" : `closed by this client, ${code}`);
  }

  // Send a frame: a template, filled with what stands in the fields.
  say(template, raw) {
    if (this.state !== "live") return;
    const text = this.text.value;
    if (raw === "bytes") this.sendBytes(text);
    else this.sendText(filled(template, { name: this.name.value, text, key: this.key() }));
    this.text.value = "";
    this.text.focus();
  }

  key() {
    keys += 1;
    return `${this.number}-${keys}-${Date.now()}`;
  }

  sendText(text) {
    this.sent({ id: this.number, frame: "text", payload: text });
    this.ask({ do: "send", id: this.number, text });
  }

  sendBytes(text) {
    const digits = Array.from(new TextEncoder().encode(text), (byte) => byte.toString(16).padStart(2, "0")).join(" ");
    this.sent({ id: this.number, frame: "binary", payload: digits });
    this.ask({ do: "send", id: this.number, digits });
  }

  hear(data) {
    if (data.id !== this.number) return;
    if (data.said === "answered" && data.status === 101) this.show("live", "connected");
    else if (data.said === "answered") this.show("closed", REFUSED[data.status] ?? `refused, HTTP ${data.status}`);
    else if (data.said === "dropped") this.show("closed", DROPPED);
    else if (data.said === "frame" && data.kind === "close") this.show("closed", `closed by the server, ${data.code} ${data.reason}`);
    else if (data.said === "frame") this.line(data.kind, data.payload);
  }

  // Forget how far this client has come: it is another one, or in another place.
  anew() {
    this.after.value = "0";
  }

  line(kind, payload) {
    const message = kind === "text" && read(payload);
    const words = message ? told(message) : payload;
    if (Number.isSafeInteger(message?.id)) this.after.value = message.id; // here it goes on when it comes back
    appendTo(this.log, make("p", { className: kind, textContent: words, title: payload }), LINES);
  }

  // state: "closed", "waiting" or "live"
  show(state, words) {
    this.state = state;
    this.status.textContent = words;
    this.status.dataset.state = this.pane.dataset.state = state;
    this.toggle.textContent = state === "closed" ? "Connect" : "Disconnect";
    this.vanish.disabled = state !== "live";
    this.name.readOnly = this.room.readOnly = this.after.readOnly = state !== "closed";
    for (const one of this.buttons) one.disabled = state !== "live";
  }

  // Whether the project is there to be connected to.
  enable(there) {
    this.toggle.disabled = !there;
  }
}

function filled(template, known) {
  const fill = (value) => value.replace(/\{(name|text|key)\}/g, (_, name) => known[name]);
  if (typeof template === "string") return fill(template);
  return JSON.stringify(template, (_, value) => (typeof value === "string" ? fill(value) : value));
}

// Return a chat's message, if a frame is one.
function read(payload) {
  try {
    const message = JSON.parse(payload);
    return message?.type === "message" && typeof message.text === "string" ? message : null;
  } catch {
    return null; // it is shown as it came
  }
}

// Show a chat's message as a person reads it.
function told({ id, author, text }) {
  return `${id ? `${id} · ` : ""}${author}: ${text}`;
}
