"use strict";

let busy = false;
let cursor = null;
let failures = 0;
let rest = 0; // ticks until the next poll

setInterval(function tick() {
  if (busy) return;
  if (rest > 0) rest -= 1;
  if (rest === 0) start();
}, 500);

function start() {
  busy = true;
  const request = new XMLHttpRequest();
  request.onload = () => (request.status === 200 ? done(request.responseText) : fail());
  request.onerror = request.ontimeout = fail;
  request.open("GET", "api/messages/" + (cursor === null ? "" : "?after=" + cursor));
  request.send();
}

function done(body) {
  busy = false;
  failures = 0;
  rest = 3;
  const messages = JSON.parse(body).messages;
  showMessages(messages);
  if (messages.length) cursor = messages[messages.length - 1].id;
  showPoll(messages.length ? "news" : "empty");
  showStatus("live", "connected");
}

function fail() {
  busy = false;
  failures += 1;
  rest = 3 + Math.min(5 * failures, 40);
  showPoll("failed");
  showStatus("lost", "no answer");
}
