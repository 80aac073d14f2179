// Stands in for WebSocket in a page: it notes each connection that the page opens, and the grader
// is the server. It behaves as the browser's own does: events come later, never at once.
(() => {
  const calls = (window.__calls = []);
  const STATES = { CONNECTING: 0, OPEN: 1, CLOSING: 2, CLOSED: 3 };
  window.__answer = () => {}; // what the server does with each new connection

  class Call extends EventTarget {
    constructor(url, protocols) {
      super();
      this.url = new URL(url, document.baseURI).href.replace(/^http/, "ws");
      Object.assign(this, { readyState: 0, protocol: "", extensions: "", bufferedAmount: 0, binaryType: "blob" });
      Object.assign(this, { __at: Date.now(), __sent: [] });
      calls.push(this);
      window.__answer(this);
    }

    send(data) {
      if (this.readyState === 0) throw new DOMException("Still in CONNECTING state", "InvalidStateError");
      if (this.readyState === 1) this.__sent.push(data);
    }

    close(code = 1005) {
      if (this.readyState > 1) return;
      const opened = this.readyState === 1;
      this.readyState = 2;
      queueMicrotask(() => this.__close(opened ? code : 1006));
    }

    __open() {
      if (this.readyState !== 0) return;
      this.readyState = 1;
      this.dispatchEvent(new Event("open"));
    }

    __hear(data) {
      if (this.readyState === 1) this.dispatchEvent(new MessageEvent("message", { data }));
    }

    __close(code) {
      if (this.readyState === 3) return;
      this.readyState = 3;
      if (code === 1006) this.dispatchEvent(new Event("error"));
      this.dispatchEvent(new CloseEvent("close", { code, wasClean: code !== 1006 }));
    }
  }

  for (const name of ["open", "message", "close", "error"]) {
    Object.defineProperty(Call.prototype, `on${name}`, {
      get() { return this[`__on${name}`] ?? null; },
      set(act) {
        this.removeEventListener(name, this[`__on${name}`]);
        this[`__on${name}`] = act;
        if (act) this.addEventListener(name, act);
      },
    });
  }
  for (const place of [Call, Call.prototype]) {
    for (const [name, value] of Object.entries(STATES)) Object.defineProperty(place, name, { value });
  }
  window.WebSocket = Call;
})();
