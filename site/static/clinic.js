// The clinic: show the cases that have every word of what somebody sees.
"use strict";

const field = document.querySelector("#symptom");
const cases = [...document.querySelectorAll("data.words")].map((words) => {
  const section = words.closest("section");
  section.classList.add("case");
  return { words: words.value, section };
});
const groups = new Set(cases.map((one) => one.section.parentElement));

function plain(text) {
  return text.replaceAll("`", "").toLowerCase();
}

function search() {
  const words = plain(field.value).split(/\s+/).filter(Boolean);
  const found = cases.filter((one) => {
    one.section.hidden = !words.every((word) => one.words.includes(word));
    return !one.section.hidden;
  });
  for (const group of groups) group.hidden = !group.querySelector(".case:not([hidden])");
  const count = found.length === 1 ? "1 case" : `${found.length} cases`;
  const none = "No case has all of these words; try fewer.";
  document.querySelector("#found").textContent = found.length ? count : none;
}

field?.addEventListener("input", search);
