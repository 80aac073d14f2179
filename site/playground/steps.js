// What happens, as steps of the sequence diagram: from whom, to whom, which kind, called what, with
// what. Three kinds: `wire` (what a network would carry), `asgi` (what the server and a consumer say
// to each other), `group` (what consumers and the channel layer do).

const SENT = {
  GET: (payload) => ["GET", payload],
  text: (payload) => ["text frame", payload],
  binary: (payload) => ["binary frame", payload],
  close: (payload) => ["close frame", payload],
  vanish: () => ["connection lost", ""],
};
const STATUS = { 101: "101 Switching Protocols", 403: "403 Forbidden", 500: "500 Internal Server Error" };

const STEPS = {
  sent: ({ id, frame, payload }) => step("wire", `client ${id}`, "server", ...SENT[frame](payload)),
  answered: ({ id, status }) => step("wire", "server", `client ${id}`, "HTTP", STATUS[status] ?? String(status)),
  dropped: ({ id }) => step("wire", "server", `client ${id}`, "connection dropped", "no answer for 5 seconds"),
  frame: ({ id, kind, payload, code, reason }) => {
    const carried = kind === "close" ? `${code} ${reason}`.trim() : payload;
    return step("wire", "server", `client ${id}`, `${kind} frame`, carried);
  },
  event: ({ id, way, event: { type, ...rest } }) => {
    const ends = way === "in" ? ["server", `consumer ${id}`] : [`consumer ${id}`, "server"];
    return step("asgi", ...ends, type, carried(rest));
  },
  group: ({ id, do: act, group, what }) => {
    if (act === "event") return step("group", "groups", `consumer ${id}`, what.type, JSON.stringify(what));
    const more = act === "group_send" ? ` ${JSON.stringify(what)}` : "";
    return step("group", `consumer ${id}`, "groups", act, group + more);
  },
  returned: ({ id }) => step("end", `consumer ${id}`, `consumer ${id}`, "has ended"),
};

// Return the step that the worker, or a pane, tells of; null: it is none.
export function stepOf(data) {
  return STEPS[data.said]?.(data) ?? null;
}

function step(kind, from, to, name, text = "") {
  return { kind, from, to, name, text };
}

function carried(rest) {
  const told = Object.entries(rest).filter(([, value]) => value !== null && value !== "");
  if (told.length === 1 && typeof told[0][1] === "string") return told[0][1];
  return told.length ? JSON.stringify(Object.fromEntries(told)) : "";
}
