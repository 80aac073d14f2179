// The loop that asks the server for news. Times are in milliseconds.

const PERIOD = 2000; // from an answer to the next question
const LONGEST_WAIT = 30000; // between two questions, however long the server is away
const PATIENCE = 30000; // for one answer

let last = 0; // the greatest id that has come: the cursor
let wait = PERIOD;

async function loop() {
  wait = nextWait(wait, await poll());
  setTimeout(loop, wait);
}

function nextWait(before, answered) {
  return answered ? PERIOD : Math.min(2 * before, LONGEST_WAIT);
}

// Ask once; true when an answer came. Never throws: a loop that throws has ended.
async function poll() {
  try {
    const messages = await ask();
    showMessages(messages);
    for (const message of messages) last = Math.max(last, message.id);
    showPoll(messages.length ? "news" : "empty");
    showStatus("live", "connected");
    return true;
  } catch {
    showPoll("failed");
    showStatus("lost", "no answer, retrying");
    return false;
  }
}

// Fetch the messages after the cursor; throws when no good answer comes in time.
async function ask() {
  const stop = new AbortController();
  const timer = setTimeout(() => stop.abort(), PATIENCE);
  try {
    const answer = await fetch(`api/messages/?after=${last}`, { signal: stop.signal });
    if (!answer.ok) throw new Error(`HTTP ${answer.status}`);
    return (await answer.json()).messages;
  } finally {
    clearTimeout(timer);
  }
}

loop();
