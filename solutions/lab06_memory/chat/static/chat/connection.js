// The connection to a room. It comes back by itself, goes on where it was, and says again what
// nobody has acknowledged. Times are in milliseconds. What the page shows is in chat.js.

const FIRST_WAIT = 500; // before the page comes back for the first time
const LONGEST_WAIT = 30000; // however long the server is away
const NEWEST = 50; // messages that come to a client that does not say where to go on
const FINAL = { // close codes after which it is of no use to come back
  4400: "The server did not understand this page's address. Load the page again.",
  4401: "You are not logged in any more. Load this page again, and log in.",
  4403: "This room is private, and you are not among those whom it names.",
};

let socket, room, timer, asked, inside;
let last = null; // the id of the newest message that has come; null before the first welcome
let failures = 0; // since the last welcome
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
  const url = address(`ws/chat/${encodeURIComponent(room)}/`);
  // task 6.7: go on where the page was: after the message that has come last
  // stub:
  if (last !== null) url.searchParams.set("after", last);
  // end 6.7
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
  // task 6.7: FIRST_WAIT at first, then twice as long each time, up to LONGEST_WAIT; and of that
  //   a random part, between a half and the whole, so that not all pages come back at once
  // stub: return FIRST_WAIT;
  const longest = Math.min(FIRST_WAIT * 2 ** failures, LONGEST_WAIT);
  return longest * (0.5 + Math.random() / 2);
  // end 6.7
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
  if (inside) sendMessage(message);
}

function sendMessage({ key, text }) {
  send({ type: "message", key, text });
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
  // task 6.8: say again what is not acknowledged, with the same keys and in the same order; only
  //   what was said in this room
  // stub:
  outbox.filter((message) => message.room === room).forEach(sendMessage);
  // end 6.8
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
  // task 6.7: remember how far the page has come; what has come already is not shown again
  // stub:
  if (data.id <= last) return;
  last = data.id;
  // end 6.7
  showMessage(data);
}

function ack({ key, id }) {
  forget(key);
  showSent(key, id);
}

function error({ error, key }) {
  showProblem(error);
  const refused = forget(key);
  if (refused) showRefused(refused);
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
