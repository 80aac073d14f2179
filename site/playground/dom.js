// Making what is on the page; texts only ever become text.

const SVG = "http://www.w3.org/2000/svg";

export function make(name, properties = {}, ...inside) {
  const element = Object.assign(document.createElement(name), properties);
  element.append(...inside);
  return element;
}

export function button(words, act, properties = {}) {
  const made = make("button", { type: "button", className: "btn", textContent: words, ...properties });
  made.addEventListener("click", act);
  return made;
}

export function labelled(words, field) {
  return make("label", {}, make("span", { textContent: words }), field);
}

export function section(title, ...inside) {
  return make("section", {}, make("h2", { textContent: title }), ...inside);
}

// An element of a drawing.
export function draw(name, attributes = {}, ...inside) {
  const element = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
  element.append(...inside);
  return element;
}

// Append to what scrolls, keep at most `most` elements, and stay at the end if it was in sight.
export function appendTo(list, row, most) {
  const atEnd = list.scrollHeight - list.scrollTop - list.clientHeight < 40;
  list.append(row);
  while (list.childElementCount > most) list.firstElementChild.remove();
  if (atEnd) list.scrollTop = list.scrollHeight;
}
