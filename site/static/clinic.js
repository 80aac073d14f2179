// The clinic: show the cases that have every word of what somebody sees.
"use strict";

const field = document.querySelector("#symptom");
const cases = [...document.querySelectorAll(".case")];

function plain(text) {
  return text.replaceAll("`", "").toLowerCase();
}

function search() {
  const words = plain(field.value).split(/\s+/).filter(Boolean);
  const found = cases.filter((one) => {
    one.hidden = !words.every((word) => one.dataset.words.includes(word));
    return !one.hidden;
  });
  const count = found.length === 1 ? "1 case" : `${found.length} cases`;
  const none = "No case has all of these words; try fewer.";
  document.querySelector("#found").textContent = found.length ? count : none;
}

field?.addEventListener("input", search);
