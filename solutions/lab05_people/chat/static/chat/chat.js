// One person's page: a WebSocket to one room at a time. Who the person is, the cookie tells the
// server; nothing here says it. What comes from the network only ever becomes text, never markup.

const KEPT = 300; // lines in a log
const AGAIN = 2000; // milliseconds until the page tries once more
const WAYS = { sent: ["↑", "sent"], received: ["↓", "received"], "": ["·", "connection"] };
const CLOSED = {
  4401: "You are not logged in any more. Load this page again, and log in.",
  4403: "This room is private, and you are not among those whom it names.",
};
const $ = (id) => document.getElementById(id);
const me = $("me").textContent;
const rooms = ["lobby"];
let socket, room, began, met, wanted, inside, timer;

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

// The room stands after the number sign of the page's address, so that each tab keeps its own.
function enter() {
  room = named(location.hash) || rooms[0];
  if (!rooms.includes(room)) rooms.push(room);
  showRooms();
  $("title").textContent = room;
  $("log").replaceChildren();
  $("nothing").hidden = false;
  $("problem").textContent = "";
  showPeople([]);
  begin();
}

// The person wants to be connected from now on.
function begin() {
  wanted = true;
  met = false;
  connect();
}

function named(hash) {
  try {
    return decodeURIComponent(hash.slice(1));
  } catch {
    return ""; // somebody typed a percent sign
  }
}

function go(to) {
  location.hash = encodeURIComponent(to);
}

function connect() {
  clearTimeout(timer);
  if (socket) {
    socket.onmessage = socket.onclose = socket.onopen = null; // what it still says is of the room before
    socket.close(1000);
  }
  began = performance.now();
  inside = false;
  socket = new WebSocket(address(`ws/chat/${encodeURIComponent(room)}/`));
  socket.onmessage = (event) => hear(event.data);
  socket.onclose = ended;
  socket.onopen = () => {
    met = true;
    show("live", "connected");
  };
  show("waiting", "connecting…");
}

function ended({ code }) {
  const told = code !== 1006; // this one is the browser's own: there was no close frame
  const by = wanted ? "the server" : "this page";
  const broken = met ? "the connection was lost" : "no connection: refused, or nobody is there";
  frame("", `close ${code}, ${told ? `by ${by}` : broken}`);
  socket = null;
  wanted &&= met && !told; // lost: come back; closed or refused: do not insist
  const end = told ? "closed" : "no connection";
  show(told ? "closed" : "lost", `${end}, ${wanted ? "trying again" : code}`);
  $("problem").textContent = CLOSED[code] ?? "";
  showPeople([]);
  if (wanted) timer = setTimeout(connect, AGAIN);
}

function send(data) {
  const words = JSON.stringify(data);
  $("problem").textContent = "";
  socket.send(words);
  frame("sent", words);
}

function hear(words) {
  frame("received", words);
  let data;
  try {
    data = JSON.parse(words);
  } catch {
    $("problem").textContent = "The server sent something that is not JSON.";
    return;
  }
  if (data.type === "welcome") membership(true, `${data.you}, welcome to ${data.room}`);
  if (data.type === "left") membership(false, "you have left, and hear no more");
  if (data.type === "here") showPeople(data.people);
  if (data.type === "message") message(data);
  if (data.type === "error") $("problem").textContent = data.error;
}

function membership(now, words) {
  inside = now;
  $("membership").textContent = inside ? "Leave" : "Join";
  if (!inside) showPeople([]);
  note(words);
}

function message({ author, text }) {
  const item = document.createElement("li");
  const now = new Date().toLocaleTimeString([], { hour: "2-digit", minute: "2-digit" });
  item.append(element("b", "", author), element("p", "", text), element("time", "", now));
  item.firstChild.style.setProperty("--hue", hue(String(author)));
  item.dataset.mine = author === me;
  read(item);
}

function note(words) {
  const item = element("li", "", words);
  item.dataset.kind = "note";
  read(item);
}

function read(item) {
  append($("log"), item);
  $("nothing").hidden = true;
}

function frame(way, words) {
  const line = document.createElement("li");
  line.dataset.way = way;
  const [sign, meaning] = WAYS[way];
  const arrow = element("span", "way", sign);
  arrow.setAttribute("role", "img");
  arrow.setAttribute("aria-label", meaning);
  const after = `${((performance.now() - began) / 1000).toFixed(2)} s`;
  line.append(arrow, element("span", "time", after), element("span", "content", words));
  append($("frames"), line);
}

function showRooms() {
  const lines = rooms.map((name) => entry(name, () => go(name), name === room));
  $("rooms").replaceChildren(...lines);
}

function showPeople(people) {
  $("count").textContent = people.length || "";
  const lines = people.map((name) => {
    const line = entry(name, () => go(`@${[me, name].sort().join("+")}`), false);
    const button = line.firstChild;
    button.prepend(element("span", "dot", ""));
    button.disabled = name === me;
    if (name === me) button.append(element("small", "", "you"));
    return line;
  });
  $("people").replaceChildren(...lines);
}

function entry(name, act, current) {
  const line = document.createElement("li");
  const button = element("button", "", name);
  button.type = "button";
  button.setAttribute("aria-current", current);
  button.addEventListener("click", act);
  line.append(button);
  return line;
}

// state: "closed", "waiting", "live" or "lost"
function show(state, words) {
  $("status").dataset.state = state;
  $("status").textContent = words;
  $("toggle").textContent = wanted || state === "waiting" ? "Disconnect" : "Connect";
  for (const button of [$("membership"), $("say").querySelector("button")]) {
    button.disabled = state !== "live";
  }
}

function hue(name) {
  return [...name].reduce((sum, letter) => (sum * 31 + letter.codePointAt(0) * 137) % 360, 0);
}

function onSubmit(form, act) {
  $(form).addEventListener("submit", (event) => {
    event.preventDefault();
    act();
  });
}

onSubmit("door", () => {
  go($("room").value);
  $("room").value = "";
});
onSubmit("say", () => {
  send({ type: "message", text: $("text").value });
  $("text").value = "";
});
$("toggle").addEventListener("click", () => {
  if (!wanted) return begin();
  wanted = false;
  clearTimeout(timer);
  if (!socket) return show("closed", "closed");
  socket.close(1000);
  show("waiting", "closing…");
});
$("membership").addEventListener("click", () => send({ type: inside ? "leave" : "join" }));
window.addEventListener("hashchange", enter);
// Only now is anybody there to answer to these.
for (const button of [$("toggle"), $("door").querySelector("button")]) button.disabled = false;

// A cookie belongs to a host name: this computer has two, so one browser can be two people.
const TWINS = { "127.0.0.1": "localhost", localhost: "127.0.0.1" };
if (TWINS[location.hostname]) {
  const url = new URL(document.baseURI);
  url.hostname = TWINS[location.hostname];
  $("other").querySelector("a").href = url;
  $("other").hidden = false;
}
enter();
