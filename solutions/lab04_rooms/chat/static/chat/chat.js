// Two people on one page, each with a WebSocket of their own. What comes from the network only ever
// becomes text (textContent), never markup.

const PEOPLE = ["Ada", "Grace"];
const ROOM = "lobby";
const KEPT = 300; // lines in a log
const AGAIN = 2000; // milliseconds until the page tries once more
const WAYS = { sent: ["↑", "sent"], received: ["↓", "received"], "": ["·", "connection"] };

// The host and the prefix of this page, with the scheme of WebSocket: http becomes ws, https wss.
function address(path) {
  const url = new URL(path, document.baseURI);
  url.protocol = url.protocol.replace("http", "ws");
  url.hash = ""; // a WebSocket's address must have none
  return url;
}

function element(name, className, text) {
  const made = document.createElement(name);
  made.className = className;
  made.textContent = text;
  return made;
}

// Append a line to a list, and follow the end unless the reader has scrolled up.
function append(list, line) {
  const atEnd = list.scrollHeight - list.scrollTop - list.clientHeight < 40;
  list.append(line);
  while (list.childElementCount > KEPT) list.firstChild.remove();
  if (atEnd) list.scrollTop = list.scrollHeight;
}

class Person {
  constructor(name, home) {
    const pane = document.getElementById("pane").content.cloneNode(true).firstElementChild;
    this.$ = (part) => pane.querySelector(`.${part}`);
    pane.setAttribute("aria-label", name);
    this.$("log").setAttribute("aria-label", `What ${name} reads`);
    this.$("frames").setAttribute("aria-label", `The frames of ${name}`);
    this.$("author").value = name;
    this.$("room").value = ROOM;
    this.onSubmit("door", () => (this.wanted ? this.disconnect() : this.begin()));
    this.onSubmit("say", () => this.say());
    this.$("membership").addEventListener("click", () => this.send({ type: this.inside ? "leave" : "join" }));
    home.append(pane);
    this.begin();
  }

  onSubmit(form, act) {
    this.$(form).addEventListener("submit", (event) => {
      event.preventDefault();
      act();
    });
  }

  // The person wants to be connected from now on.
  begin() {
    this.wanted = true;
    this.met = false;
    this.connect();
  }

  connect() {
    this.began = performance.now();
    // Any name is possible in a path, once it is encoded: `a b` becomes `a%20b`.
    this.socket = new WebSocket(address(`ws/chat/${encodeURIComponent(this.$("room").value)}/`));
    this.socket.onmessage = (event) => this.hear(event.data);
    this.socket.onclose = (event) => this.ended(event);
    this.socket.onopen = () => {
      this.met = true;
      this.show("live", "connected");
    };
    this.show("waiting", "connecting…");
  }

  disconnect() {
    this.wanted = false;
    clearTimeout(this.timer);
    if (this.socket) this.socket.close(1000);
    this.show(...(this.socket ? ["waiting", "closing…"] : ["closed", "closed"]));
  }

  ended({ code, wasClean }) {
    const by = this.wanted ? "the server" : "this page";
    const broken = this.met ? "the connection was lost" : "no connection: refused, or nobody is there";
    this.frame("", `close ${code}, ${wasClean ? `by ${by}` : broken}`);
    this.socket = null;
    this.wanted &&= this.met && !wasClean; // lost: come back; closed or refused: do not insist
    const end = wasClean ? "closed" : "no connection";
    this.show(wasClean ? "closed" : "lost", `${end}, ${this.wanted ? "trying again" : code}`);
    if (this.wanted) this.timer = setTimeout(() => this.connect(), AGAIN);
  }

  say() {
    this.send({ type: "message", author: this.$("author").value, text: this.$("text").value });
    this.$("text").value = "";
  }

  send(data) {
    const words = JSON.stringify(data);
    this.$("problem").textContent = "";
    this.socket.send(words);
    this.frame("sent", words);
  }

  hear(words) {
    this.frame("received", words);
    let data;
    try {
      data = JSON.parse(words);
    } catch {
      this.$("problem").textContent = "The server sent something that is not JSON.";
      return;
    }
    if (data.type === "welcome") this.membership(true, `${this.$("author").value}, welcome to ${data.room}`);
    if (data.type === "left") this.membership(false, "you have left, and hear no more");
    if (data.type === "message") this.message(data);
    if (data.type === "error") this.$("problem").textContent = data.error;
  }

  membership(inside, words) {
    this.inside = inside;
    this.$("membership").textContent = inside ? "Leave" : "Join";
    this.note(words);
  }

  message({ author, text }) {
    const item = document.createElement("li");
    const now = new Date().toLocaleTimeString([], { hour: "2-digit", minute: "2-digit" });
    item.append(element("b", "", author), element("p", "", text), element("time", "", now));
    item.firstChild.style.setProperty("--hue", hue(String(author)));
    item.dataset.mine = author === this.$("author").value;
    this.read(item);
  }

  note(words) {
    const item = element("li", "", words);
    item.dataset.kind = "note";
    this.read(item);
  }

  read(item) {
    append(this.$("log"), item);
    this.$("nothing").hidden = true;
  }

  frame(way, words) {
    const line = document.createElement("li");
    line.dataset.way = way;
    const [sign, meaning] = WAYS[way];
    const arrow = element("span", "way", sign);
    arrow.setAttribute("role", "img");
    arrow.setAttribute("aria-label", meaning);
    const after = `${((performance.now() - this.began) / 1000).toFixed(2)} s`;
    line.append(arrow, element("span", "time", after), element("span", "content", words));
    append(this.$("frames"), line);
  }

  // state: "closed", "waiting", "live" or "lost"
  show(state, words) {
    const status = this.$("status");
    status.dataset.state = state;
    status.textContent = words;
    this.$("toggle").textContent = this.wanted || state === "waiting" ? "Disconnect" : "Connect";
    this.$("room").disabled = this.wanted || state === "waiting";
    for (const button of [this.$("membership"), this.$("say").querySelector("button")]) {
      button.disabled = state !== "live";
    }
  }
}

function hue(name) {
  return [...name].reduce((sum, letter) => (sum * 31 + letter.codePointAt(0) * 137) % 360, 0);
}

for (const name of PEOPLE) new Person(name, document.getElementById("panes"));
