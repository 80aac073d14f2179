// A worker that is watched: when the reader's code does not let go, it is stopped.

const TICK = 1000; // milliseconds

export class Engine {
  // `hear` gets every message of the worker, and {said: "stopped"} when it had to be stopped.
  constructor(hear) {
    this.hear = hear;
    this.allowed = 0; // silent ticks; none: it is not watched
    this.count = 0; // messages since the last beat
    setInterval(() => this.tick(), TICK);
  }

  start() {
    this.end();
    this.worker = new Worker(new URL("worker.js", import.meta.url), { type: "module" });
    this.worker.onmessage = ({ data }) => this.heard(data);
    this.worker.onerror = (event) => {
      this.hear({ said: "failed", during: "load", message: event.message || "the worker did not start" });
    };
    this.ask({ do: "load" });
  }

  end() {
    this.watch(0);
    this.worker?.terminate();
    this.worker = null;
  }

  ask(data) {
    this.worker?.postMessage(data);
  }

  // Stop the worker when it gives no sign of life for so many ticks; 0: do not watch.
  // Ticks are counted, since a page that is not seen, or a computer that slept, has a slow clock.
  watch(ticks) {
    this.allowed = ticks;
    this.silent = 0;
  }

  heard(data) {
    this.count += 1;
    if (data.said !== "printed") this.silent = 0;
    if (data.said === "flooded") this.stop(data.said);
    else if (data.said !== "beat") this.hear(data);
  }

  tick() {
    if (!this.worker || !this.allowed) return;
    this.silent += 1;
    if (this.silent > this.allowed) this.stop("stopped");
    else this.ask({ do: "beat", count: this.count });
    this.count = 0;
  }

  stop(why) {
    this.end();
    this.hear({ said: "stopped", why });
  }
}
