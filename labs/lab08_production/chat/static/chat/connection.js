// The connection to a room. It comes back by itself, goes on where it was, says again what nobody
// has acknowledged, and neither more nor faster than the server takes. Times are in milliseconds.
// What the page shows is in chat.js.

const FIRST_WAIT = 500; // before the page comes back for the first time
const LONGEST_WAIT = 30000; // however long the server is away
const NEWEST = 50; // messages that come to a client that does not say where to go on
const SEEN_EVERY = 20; // messages; the server sends 100, and then waits until it hears of some
const FINAL = { // close codes after which it is of no use to come back
  4400: "The server did not understand this page's address. Load the page again.",
  4401: "You are not logged in any more. Load this page again, and log in.",
  4403: "This room is private, and you are not among those whom it names.",
};

let socket, room, timer, asked, inside;
let last = null; // the id of the newest message that has come; null before the first welcome
let failures = 0; // since the last welcome
let unseen = 0; // messages that have come since the page said last what it has seen
let onItsWay = null; // the key of the message that is sent and not answered yet: one at a time
let pause = null; // the timer, while the server wants to hear nothing
const outbox = []; // what was said and is not acknowledged: {room, key, text}, oldest first

// The host and the prefix of this page, with the scheme of WebSocket: http becomes ws, https wss.
function address(path) {
  const url = new URL(path, document.baseURI);
  url.protocol = url.protocol.replace("http", "ws");
  url.hash = ""; // a WebSocket's address must have none
  return url;
}

// Open the connection to the room, in place of the one before, if there is one.
function connect() {
  hangUp();
  asked = inside = false;
  unseen = 0;
  const url = address(`ws/chat/${encodeURIComponent(room)}/`);
  if (last !== null) url.searchParams.set("after", last);
  socket = new WebSocket(url);
  socket.onmessage = ({ data }) => hear(data);
  socket.onclose = ended;
  show("waiting", failures ? "connecting again…" : "connecting…");
}

// Let go of the connection; what it still says is of the room before.
function hangUp() {
  clearTimeout(timer);
  if (!socket) return;
  socket.onmessage = socket.onclose = null;
  socket.close(1000);
  socket = null;
}

function ended({ code }) {
  socket = null;
  inside = false;
  showEnd(code);
  if (!asked && !(code in FINAL)) comeBack();
}

// Connect again, after a while.
function comeBack() {
  const wait = nextWait(failures);
  failures += 1;
  timer = setTimeout(connect, wait);
  show("lost", `no connection, trying again in ${(wait / 1000).toFixed(1)} s`);
}

// The person wants no connection now, nor later.
function disconnect() {
  asked = true;
  clearTimeout(timer);
  if (socket) socket.close(1000);
  show("closed", "closed");
}

// How long to wait when so many attempts have failed since the last welcome.
function nextWait(failures) {
  const longest = Math.min(FIRST_WAIT * 2 ** failures, LONGEST_WAIT);
  return longest * (0.5 + Math.random() / 2);
}

function send(data) {
  const words = JSON.stringify(data);
  socket.send(words);
  showFrame("sent", words);
}

// Say something: now, if there is a connection, and else with the next welcome.
function say(text) {
  const message = { room, key: newKey(), text };
  outbox.push(message);
  showPending(message);
  sayNext();
}

// Send the oldest of what is to be said in this room, if none is on its way. The others follow one
// by one, so the server's answers set the pace, however much there is to say.
function sayNext() {
  const next = outbox.find((message) => message.room === room);
  if (!next || !inside || onItsWay || pause) return;
  onItsWay = next.key;
  send({ type: "message", key: next.key, text: next.text });
}

// Say nothing for a while, then go on.
function waitALittle(wait) {
  clearTimeout(pause);
  pause = setTimeout(() => {
    pause = null;
    showProblem("");
    sayNext();
  }, wait);
}

// A key that nobody else has: 128 random bits.
function newKey() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

function hear(words) {
  showFrame("received", words);
  let data;
  try {
    data = JSON.parse(words);
  } catch {
    showProblem("The server sent something that is not JSON.");
    return;
  }
  const act = { welcome, left, here, message, ack, error }[data?.type];
  if (act) act(data);
}

function welcome(data) {
  failures = 0;
  inside = true;
  if (last === null) last = Math.max(data.last - NEWEST, 0);
  showWelcome(data);
  if (data.last < last) return startAnew(); // the server's memory is younger than this page's
  onItsWay = null; // if one was, its answer is lost with the connection
  sayNext();
}

function startAnew() {
  last = null;
  showEmptyRoom();
  send({ type: "join" });
}

function left() {
  inside = false;
  showLeft();
}

// Ask to be in the room again, and go on where the page was.
function rejoin() {
  return last === null ? { type: "join" } : { type: "join", after: last };
}

function here({ people }) {
  showPeople(people);
}

function message(data) {
  if (data.id <= last) return;
  last = data.id;
  showMessage(data);
  unseen += 1;
  if (unseen >= SEEN_EVERY) {
    send({ type: "seen", id: last });
    unseen = 0;
  }
}

function ack({ key, id }) {
  answered(key);
  forget(key);
  showSent(key, id);
  sayNext();
}

function answered(key) {
  if (key === onItsWay) onItsWay = null;
}

function error({ error, key, wait }) {
  showProblem(error);
  answered(key);
  if (wait) {
    waitALittle(wait * 1000);
    return;
  }
  const refused = forget(key);
  if (refused) showRefused(refused);
  sayNext();
}

// Take a message out of the outbox, and return it.
function forget(key) {
  const at = outbox.findIndex((message) => message.key === key);
  return at < 0 ? undefined : outbox.splice(at, 1)[0];
}

// The network is back: why wait any longer?
window.addEventListener("online", () => {
  if (!socket && failures) connect();
});
