// Stay connected: after a loss try again, each time after a longer wait, and not all at once.

const FIRST_WAIT = 200; // milliseconds
const LONGEST_WAIT = 5000;

// The wait before the attempt of that number, from 0: doubled each time, then half of it by chance.
function nextWait(attempt, chance = Math.random()) {
  const most = Math.min(LONGEST_WAIT, FIRST_WAIT * 2 ** attempt);
  return most / 2 + (chance * most) / 2;
}

// 1000 is a goodbye, and from 4000 on the application has said no: trying again would not help.
function isFinal(code) {
  return code === 1000 || code >= 4000;
}

// Keep a WebSocket to `url`; `heard` gets each of its events. Returns a function that ends it.
function stayConnected(url, heard) {
  let attempt = 0, left = false, socket, timer;
  function connect() {
    socket = new WebSocket(url);
    heard(new Event("try"), socket);
    for (const name of ["open", "message", "error", "close"]) {
      socket.addEventListener(name, (event) => heard(event, socket));
    }
    socket.addEventListener("message", () => { attempt = 0; }); // not at open: it may end at once
    socket.addEventListener("close", (event) => {
      if (!left && !isFinal(event.code)) timer = setTimeout(connect, nextWait(attempt++));
    });
  }
  connect();
  return () => {
    left = true;
    clearTimeout(timer);
    socket.close(1000);
  };
}
