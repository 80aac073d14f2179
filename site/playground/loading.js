// How far the loading is: a bar and bytes to see, and a sentence now and then to hear.

import { make } from "./dom.js";

const MEGA = 1_000_000;
const PARTS = 4; // sentences on the way

export class Loading {
  // `say` takes a sentence that is read aloud.
  constructor(place, say) {
    this.say = say;
    this.bar = make("progress", { max: 1, value: 0, ariaLabel: "Loading" });
    this.bytes = make("span");
    this.box = make("div", { className: "loading", hidden: true }, this.bar, this.bytes);
    place.append(this.box);
  }

  begin() {
    this.part = -1;
    this.box.hidden = false;
    this.show(0, 0);
  }

  show(done, total) {
    const share = total ? Math.min(done / total, 1) : 0;
    this.bar.value = share;
    this.bytes.textContent = total ? `${mega(done)} of ${mega(total)} MB` : "";
    const part = Math.floor(share * PARTS);
    if (part === this.part) return;
    this.part = part;
    if (part === PARTS) this.say("Everything is here; Python starts…", "waiting");
    else this.say(`Loading Python, Django and Channels${part ? `, ${part * 25} % are here` : ""}…`, "waiting");
  }

  end() {
    this.box.hidden = true;
  }
}

function mega(bytes) {
  return (bytes / MEGA).toFixed(1);
}
