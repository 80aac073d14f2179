// What the page shows. Text from the network only ever becomes text (textContent), never markup.

const $ = (id) => document.getElementById(id);
const seen = new Set(); // ids on the page, so that no message is shown twice
const counts = { asked: 0, empty: 0, failed: 0 };
const TICKS = 60; // polls in the strip

function showMessages(messages) {
  const log = $("log");
  const atEnd = log.scrollHeight - log.scrollTop - log.clientHeight < 40;
  for (const message of messages) {
    if (seen.has(message.id)) continue;
    seen.add(message.id);
    log.append(messageItem(message));
  }
  $("nothing").hidden = seen.size > 0;
  if (atEnd) log.scrollTop = log.scrollHeight; // do not pull away a person who reads further up
}

function messageItem(message) {
  const item = document.createElement("li");
  const time = new Date(message.sent_at);
  item.append(part("b", message.author), part("p", message.text), part("time", clock(time)));
  item.lastChild.dateTime = message.sent_at;
  item.firstChild.style.setProperty("--hue", hue(message.author));
  markMine(item);
  return item;
}

function markMine(item) {
  item.dataset.mine = item.firstChild.textContent === $("author").value;
}

function part(name, text) {
  const element = document.createElement(name);
  element.textContent = text;
  return element;
}

function clock(time) {
  return time.toLocaleTimeString([], { hour: "2-digit", minute: "2-digit" });
}

function hue(name) {
  return [...name].reduce((sum, letter) => (sum * 31 + letter.codePointAt(0) * 137) % 360, 0);
}

// state: "waiting", "live" or "lost"
function showStatus(state, words) {
  $("status").dataset.state = state;
  if ($("status").textContent !== words) $("status").textContent = words;
}

// outcome: "news", "empty" or "failed"
function showPoll(outcome) {
  counts.asked += 1;
  if (outcome in counts) counts[outcome] += 1;
  for (const name in counts) $(name).textContent = counts[name];
  const tick = document.createElement("i");
  tick.className = outcome;
  $("polls").append(tick);
  while ($("polls").childElementCount > TICKS) $("polls").firstChild.remove();
}

async function send(event) {
  event.preventDefault();
  const button = $("form").querySelector("button");
  $("problem").textContent = "";
  button.disabled = true; // one message, however often Enter is pressed
  try {
    await post({ author: $("author").value, text: $("text").value });
    $("text").value = "";
  } catch (error) {
    $("problem").textContent = `Not sent: ${error.message}`;
  }
  button.disabled = false;
  $("text").focus();
}

async function post(message) {
  const answer = await fetch("api/messages/", {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify(message),
  });
  const body = await answer.json();
  if (!answer.ok) throw new Error(body.error);
}

// Each tab remembers its own name, so that two tabs can be two people.
function rename() {
  sessionStorage.setItem("author", $("author").value);
  for (const item of $("log").children) markMine(item);
}

$("author").value ||= sessionStorage.getItem("author") || ""; // unless somebody was quicker
rename();
$("author").addEventListener("input", rename);
$("form").addEventListener("submit", send);
$("form").querySelector("button").disabled = false; // only now is anybody there to send
