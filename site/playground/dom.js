// Making what is on the page; texts only ever become text.

const SVG = "http://www.w3.org/2000/svg";

export function make(name, properties = {}, ...inside) {
  const element = Object.assign(document.createElement(name), properties);
  element.append(...inside);
  return element;
}

// A sentence as nodes: what stands between backticks is code.
export function prose(text) {
  return text.split(/`([^`\n]+)`/).map((part, at) => (at % 2 ? make("code", { textContent: part }) : part));
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
  stayAtEnd(list);
  list.append(row);
  while (list.childElementCount > most) list.firstElementChild.remove();
}

const scrolling = new Map(); // elements, and whether their ends were in sight

// Let what scrolls be at its end when it is drawn next, if that is in sight now (within `near`
// pixels). Only what is drawn is laid out, however much is added before.
export function stayAtEnd(element, near = 40) {
  if (scrolling.has(element)) return;
  scrolling.set(element, element.scrollHeight - element.scrollTop - element.clientHeight < near);
  requestAnimationFrame(() => {
    if (scrolling.get(element)) element.scrollTop = element.scrollHeight;
    scrolling.delete(element);
  });
}
