// Small tools for the page and for the experiments of notebook 04. Times are in milliseconds.

// The WebSocket address of a path beside this page: wss when the page came by https, else ws.
function address(path) {
  const url = new URL(path, document.baseURI);
  url.protocol = url.protocol === "https:" ? "wss:" : "ws:";
  return url.href;
}

// Let go of the thread for a while.
function pause(time) {
  return new Promise((resolve) => setTimeout(resolve, time));
}

// Hold the thread for a while: what a long computation does to a page.
function block(time) {
  const end = performance.now() + time;
  while (performance.now() < end);
}

// Let go of the thread until something is true, for at most 20 seconds.
async function until(condition) {
  for (const end = Date.now() + 20_000; !condition(); await pause(5)) {
    if (Date.now() > end) throw new Error(`this never became true: ${condition}`);
  }
}

// The next event of that name, such as "open", "message" or "close".
function next(socket, name) {
  return new Promise((resolve) => socket.addEventListener(name, resolve, { once: true }));
}

// Open a WebSocket, and wait until it is open.
async function opened(path) {
  const socket = new WebSocket(address(path));
  socket.binaryType = "arraybuffer";
  await next(socket, "open");
  return socket;
}

// Close a WebSocket, and wait until it is closed.
async function hangUp(socket) {
  if (socket.readyState === WebSocket.CLOSED) return;
  socket.close();
  await next(socket, "close");
}

// What a page learns of a connection from its first moment to its last.
async function fate(url, said) {
  const socket = new WebSocket(url), events = [];
  for (const name of ["open", "error", "close"]) {
    socket.addEventListener(name, () => events.push(name));
  }
  socket.addEventListener("open", () => socket.send(said));
  const { code, reason } = await next(socket, "close");
  return { events: events.join(", "), code, reason };
}
