// What one person's page shows. The connection is in connection.js; who the person is, the cookie
// tells the server. What comes from the network only ever becomes text, never markup.

const KEPT = 300; // lines in a log
const WAYS = { sent: ["↑", "sent"], received: ["↓", "received"], "": ["·", "connection"] };
const $ = (id) => document.getElementById(id);
const me = $("me").textContent;
const rooms = ["lobby"];
const began = performance.now();
const pending = new Map(); // lines of what is not acknowledged yet, by key
const sent = new Map(); // lines of what is acknowledged and has not come back yet, by id
let met; // the room that has bidden the person welcome

function element(name, className, text) {
  const made = document.createElement(name);
  made.className = className;
  made.textContent = text;
  return made;
}

// Add a line to a list, before another one or at its end, which is followed unless the reader has
// scrolled up.
function append(list, line, before = null) {
  const atEnd = list.scrollHeight - list.scrollTop - list.clientHeight < 40;
  list.insertBefore(line, before);
  while (list.childElementCount > KEPT) list.firstChild.remove();
  if (atEnd) list.scrollTop = list.scrollHeight;
}

// The room stands after the number sign of the page's address, so that each tab keeps its own.
function enter() {
  room = named(location.hash) || rooms[0];
  if (!rooms.includes(room)) rooms.push(room);
  last = null;
  failures = 0;
  met = "";
  showRooms();
  $("title").textContent = room;
  showProblem("");
  showPeople([]);
  showEmptyRoom();
  connect();
}

// Nothing has come from this room; what was said and is not acknowledged is still to be seen.
function showEmptyRoom() {
  $("log").replaceChildren();
  $("nothing").hidden = false;
  pending.clear();
  sent.clear();
  outbox.filter((message) => message.room === room).forEach(showPending);
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

function showWelcome({ you }) {
  show("live", "connected");
  showMembership();
  note(met === room ? "connected again" : `${you}, welcome to ${room}`);
  met = room;
}

function showLeft() {
  showMembership();
  showPeople([]);
  note("you have left, and hear no more");
}

function showMembership() {
  $("membership").textContent = inside ? "Leave" : "Join";
}

// 1006 is the browser's own code: there was no close frame.
function showEnd(code) {
  const by = asked ? "by this page" : "by the server";
  showFrame("", `close ${code}, ${code === 1006 ? "the connection failed" : by}`);
  show("closed", `closed, ${code}`);
  if (FINAL[code]) showProblem(FINAL[code]);
  showPeople([]);
}

function showProblem(words) {
  $("problem").textContent = words;
}

function showMessage({ id, author, text, sent_at }) {
  sent.get(id)?.remove();
  sent.delete(id);
  read(line(author, text, clock(sent_at)));
}

function showPending({ key, text }) {
  const item = line(me, text, "sending…");
  item.dataset.state = "pending";
  pending.set(key, item);
  append($("log"), item);
  $("nothing").hidden = true;
}

// Acknowledged: it waits for its turn among the others, unless it has come back already.
function showSent(key, id) {
  const item = pending.get(key);
  if (!pending.delete(key)) return;
  if (id <= last) return item.remove();
  item.dataset.state = "sent";
  item.lastChild.textContent = "sent";
  sent.set(id, item);
}

// Give back what the server does not take, so that it can be mended.
function showRefused({ key, text }) {
  pending.get(key)?.remove();
  pending.delete(key);
  if (!$("text").value) $("text").value = text;
}

function line(author, text, when) {
  const item = document.createElement("li");
  item.append(element("b", "", author), element("p", "", text), element("time", "", when));
  item.firstChild.style.setProperty("--hue", hue(String(author)));
  item.dataset.mine = author === me;
  return item;
}

function clock(time) {
  const date = new Date(time);
  const when = Number.isNaN(date.getTime()) ? new Date() : date;
  return when.toLocaleTimeString([], { hour: "2-digit", minute: "2-digit" });
}

function note(words) {
  const item = element("li", "", words);
  item.dataset.kind = "note";
  read(item);
}

// What is still to be sent or to come back stays below.
function read(item) {
  append($("log"), item, $("log").querySelector("[data-state]"));
  $("nothing").hidden = true;
}

function showFrame(way, words) {
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
  $("toggle").textContent = state === "closed" ? "Connect" : "Disconnect";
  $("membership").disabled = state !== "live";
  $("say").querySelector("button").disabled = state === "closed";
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
  showProblem("");
  say($("text").value);
  $("text").value = "";
});
$("toggle").addEventListener("click", () => {
  if ($("status").dataset.state === "closed") connect();
  else disconnect();
});
$("membership").addEventListener("click", () => send(inside ? { type: "leave" } : rejoin()));
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
