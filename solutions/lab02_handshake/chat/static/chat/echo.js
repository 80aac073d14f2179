// The page that speaks to the echo. What comes from the network only ever becomes text.

const $ = (id) => document.getElementById(id);
const MOST = 1024 * 1024; // bytes in one message; Daphne drops the connection at a longer one
const SHOWN = 24; // bytes of a binary frame that the log shows
const KEPT = 500; // lines in the log

let socket = null; // the one connection of this page, while there is one
let met = false; // whether the server has accepted it
let asked = false; // whether this page has asked for its end
let began = 0; // when it was asked for, in milliseconds
const counts = { sent: 0, received: 0 };

// The host and the prefix of this page, with the scheme of WebSocket: http becomes ws, https wss.
function address() {
  const url = new URL(`../${$("path").value.trim().replace(/^\/+/, "")}`, document.baseURI);
  url.protocol = url.protocol.replace("http", "ws");
  url.hash = ""; // a WebSocket's address must have none
  return url;
}

function connect() {
  const url = address();
  problem("");
  met = asked = false;
  began = performance.now();
  socket = new WebSocket(url);
  socket.binaryType = "arraybuffer";
  socket.onopen = accepted;
  socket.onmessage = (event) => showFrame("received", event.data);
  socket.onclose = ended;
  showState("waiting", "connecting…");
  showLine("", "open", url.href);
}

function accepted() {
  met = true;
  showState("live", "connected");
  $("text").focus();
}

function disconnect() {
  asked = true;
  showState("waiting", "closing…");
  socket.close(1000);
}

// A page learns no more than the code. 1006 never crosses the wire: it says that no close frame came.
function ended({ code, reason, wasClean }) {
  const clean = asked ? "closed by this page" : "closed by the server";
  const broken = met ? "the connection was lost" : "no connection: refused, or nobody is there";
  const words = `${code}, ${wasClean ? clean : broken}${reason && `: ${reason}`}`;
  showLine("", wasClean ? "close" : "lost", words);
  showState(wasClean ? "closed" : "lost", `${wasClean ? "closed" : "no connection"}, ${code}`);
  socket = null;
}

function send(data) {
  const size = sizeOf(data);
  problem("");
  if (size > MOST) {
    problem(`That has ${size.toLocaleString()} bytes; this server takes ${MOST.toLocaleString()} at most.`);
    return;
  }
  socket.send(data);
  showFrame("sent", data);
}

function sizeOf(data) {
  return typeof data === "string" ? new TextEncoder().encode(data).length : data.byteLength;
}

function problem(words) {
  $("problem").textContent = words;
}

// Return the bytes that pairs of hexadecimal digits name, or null when they are none.
function parseHex(words) {
  const digits = words.replace(/[\s,]|0x/g, "");
  if (!/^([0-9a-f]{2})*$/i.test(digits)) return null;
  return Uint8Array.from(digits.match(/../g) || [], (pair) => parseInt(pair, 16)).buffer;
}

function sendBytes() {
  const data = parseHex($("hex").value);
  if (data) send(data);
  else problem("Write each byte as two hexadecimal digits, such as 00 7f ff.");
}

async function sendFile() {
  const [file] = $("file").files;
  $("file").value = ""; // so that the same file can be chosen again
  if (!file) return;
  const data = await file.arrayBuffer();
  if (socket && met) send(data);
  else problem("The connection ended before the file was read; connect again.");
}

function showFrame(way, data) {
  counts[way] += 1;
  $(way).textContent = counts[way];
  if (typeof data === "string") showLine(way, "text", data, sizeOf(data));
  else showLine(way, "binary", hex(data), sizeOf(data));
}

function hex(data) {
  const pairs = Array.from(new Uint8Array(data, 0, Math.min(SHOWN, data.byteLength)), (byte) =>
    byte.toString(16).padStart(2, "0"),
  );
  return pairs.join(" ") + (data.byteLength > SHOWN ? " …" : "");
}

// way: "sent", "received", or "" for what is no message; size in bytes
function showLine(way, kind, content, size) {
  const log = $("log");
  const atEnd = log.scrollHeight - log.scrollTop - log.clientHeight < 40;
  const line = document.createElement("li");
  Object.assign(line.dataset, { way, kind });
  const after = `${((performance.now() - began) / 1000).toFixed(3)} s`;
  const bytes = size === undefined ? "" : `${size.toLocaleString()} byte${size === 1 ? "" : "s"}`;
  line.append(part("way", way), part("kind", kind), part("content", content), part("size", bytes), part("time", after));
  log.append(line);
  while (log.childElementCount > KEPT) log.firstChild.remove();
  $("nothing").hidden = true;
  if (atEnd) log.scrollTop = log.scrollHeight; // do not pull away a person who reads further up
}

function part(name, text) {
  const element = document.createElement("span");
  element.className = name;
  element.textContent = text;
  return element;
}

// state: "closed", "waiting", "live" or "lost"
function showState(state, words) {
  const busy = state === "live" || state === "waiting";
  $("status").dataset.state = state;
  $("status").textContent = words;
  $("toggle").textContent = busy ? "Disconnect" : "Connect";
  $("path").disabled = busy;
  for (const button of document.querySelectorAll(".composer button")) button.disabled = state !== "live";
}

function onSubmit(id, act) {
  $(id).addEventListener("submit", (event) => {
    event.preventDefault();
    act();
  });
}

onSubmit("connection", () => (socket ? disconnect() : connect()));
$("toggle").disabled = false; // only now is anybody there to connect
onSubmit("bytes", sendBytes);
onSubmit("speak", () => {
  send($("text").value);
  $("text").value = "";
});
$("choose").addEventListener("click", () => $("file").click());
$("file").addEventListener("change", sendFile);
