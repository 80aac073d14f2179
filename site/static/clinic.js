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

// Somebody who comes from the site's search has already said what there is to see.
function asked() {
  const from = document.referrer ? new URL(document.referrer) : location;
  const here = from.origin === location.origin && !location.hash;
  return (here && new URLSearchParams(from.search).get("q")) || "";
}

if (field) {
  field.addEventListener("input", search);
  field.value = asked();
  if (field.value) search();
  if (cases.every((one) => one.section.hidden)) {
    field.value = "";
    search();
  }
}
