// The workbench. Text from the network only ever becomes text (textContent), never markup.

const $ = (id) => document.getElementById(id);
const NAMES = ["CONNECTING", "OPEN", "CLOSING", "CLOSED"];
const ROWS = 300; // in the log
const TICKS = Array(20).fill(500); // milliseconds

let socket = null;
let end = () => {};
let answers = Promise.resolve(); // pictures and bytes are shown one after another, in order

// One line of the log: the moment, the event, and what the socket says of itself.
function note(name, what) {
  const row = document.createElement("tr");
  row.dataset.event = name;
  const state = socket ? `${socket.readyState} ${NAMES[socket.readyState]}` : "";
  const cells = [Math.round(performance.now()), name, state, socket?.bufferedAmount ?? "", what];
  for (const text of cells) {
    row.append(document.createElement("td"));
    row.lastChild.textContent = text;
  }
  append(row);
  $("news").textContent = `${name}: ${what}`;
  showState();
}

function append(row) {
  const box = $("scroll");
  const atEnd = box.scrollHeight - box.scrollTop - box.clientHeight < 60;
  $("log").append(row);
  while ($("log").childElementCount > ROWS) $("log").firstChild.remove();
  if (atEnd) toEnd(); // do not pull away a person who reads further up
}

function toEnd() {
  $("scroll").scrollTop = $("scroll").scrollHeight;
}

function showState() {
  const state = socket ? socket.readyState : WebSocket.CLOSED;
  $("state").dataset.state = state;
  $("state").textContent = `${state} ${NAMES[state]}`;
}

function connect(event) {
  event.preventDefault();
  end();
  const url = address($("path").value);
  if ($("stay").checked) {
    end = stayConnected(url, hear);
  } else {
    socket = new WebSocket(url);
    end = endOf(socket);
    note("you", `new WebSocket("${url}")`);
    for (const name of ["open", "message", "error", "close"]) {
      socket.addEventListener(name, (event) => hear(event, event.target));
    }
  }
}

function endOf(mine) {
  return () => mine.close(1000);
}

function hear(event, from) {
  if (event.type === "try") socket = from;
  if (from !== socket) return; // an old connection says its last word
  if (event.type === "message") note("message", describe(event.data));
  else if (event.type === "close") note("close", goodbye(event));
  else note(event.type, { try: `trying ${from.url}`, error: "nothing more is told" }[event.type] ?? "");
  if (event.type === "open" && from.url.endsWith("ticks/")) send(JSON.stringify(TICKS));
}

function describe(data) {
  if (typeof data === "string") return data;
  answers = answers.then(() => show(data)).catch((error) => note("you", error.message));
  return `${data.constructor.name} of ${data.size} bytes`;
}

function goodbye(event) {
  const clean = event.wasClean ? "clean" : "not clean";
  return `code ${event.code}, ${clean}${event.reason ? `, reason: ${event.reason}` : ""}`;
}

// Draw bytes that are a picture; tell the others as text.
async function show(blob) {
  const bytes = new Uint8Array(await blob.arrayBuffer());
  if (String.fromCharCode(...bytes.slice(1, 4)) !== "PNG") {
    note("you", `its bytes as UTF-8: ${new TextDecoder().decode(bytes)}`);
    return;
  }
  const picture = await createImageBitmap(new Blob([bytes], { type: "image/png" }));
  $("picture").hidden = false;
  $("picture").getContext("2d").drawImage(picture, 0, 0);
  toEnd(); // the log has become narrower, and its lines longer
  note("you", `drew ${picture.width} × ${picture.height} pixels`);
}

function send(data) {
  try {
    socket.send(data);
    const bytes = typeof data !== "string";
    note("you", bytes ? `send(${data.length} bytes)` : `send(${JSON.stringify(data)})`);
  } catch (error) {
    note("you", socket ? `${error.name}: ${error.message}` : "connect first");
  }
}

// A band that grows with time; a hole is a time in which this function could not run.
function pulse() {
  const now = performance.now(); // the argument may be older: a frame planned before a hole
  const canvas = $("pulse"), draw = canvas.getContext("2d");
  const since = now - pulse.last, right = (now / 10) % canvas.width, left = right - since / 10;
  draw.clearRect(left, 0, since / 10 + 40, canvas.height);
  draw.fillStyle = getComputedStyle(canvas).color;
  if (since < 200) draw.fillRect(left, 6, since / 10, 16);
  pulse.longest = Math.max(pulse.longest, since);
  $("standstill").textContent = Math.round(pulse.longest);
  pulse.last = now;
  requestAnimationFrame(pulse);
}

$("connection").addEventListener("submit", connect);
$("close").addEventListener("click", () => { end(); showState(); });
$("message").addEventListener("submit", (event) => { event.preventDefault(); send($("text").value); });
$("bytes").addEventListener("click", () => send(new TextEncoder().encode($("text").value)));
$("block").addEventListener("click", () => { note("you", "blocking"); block(2000); note("you", "done"); });
Object.assign(pulse, { last: performance.now(), longest: 0 });
requestAnimationFrame(pulse);
