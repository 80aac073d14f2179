// Python in colours: enough of its grammar for the labs' files.

import { make } from "./dom.js";

const WORDS = `False None True and as assert async await break class continue def del elif else except finally
  for from global if import in is lambda nonlocal not or pass raise return try while with yield match case`;
const KEYWORD = WORDS.trim().split(/\s+/).join("|");
const STRING = String.raw`(?:\b[rRbBfFuU]{1,2})?(?:"""[^]*?(?:"""|$)|'''[^]*?(?:'''|$)|"(?:\\.|[^"\\\n])*"?|'(?:\\.|[^'\\\n])*'?)`;
const TOKEN = new RegExp(
  [
    String.raw`(?<todo># TODO[^\n]*(?:\n[ ]*#[ ]{2,}[^\n]*)*)`,
    String.raw`(?<comment>#[^\n]*)`,
    `(?<string>${STRING})`,
    String.raw`(?<name>(?<=\b(?:def|class)[ ]+)\w+)`,
    String.raw`(?<keyword>\b(?:${KEYWORD})\b)`,
    String.raw`(?<name2>@[\w.]+)`,
    String.raw`(?<number>\b\d[\w.]*)`,
  ].join("|"),
  "g",
);

// Return a text as nodes, whose classes say what each piece is.
export function coloured(text) {
  const nodes = [];
  let at = 0;
  for (const found of text.matchAll(TOKEN)) {
    const [kind] = Object.entries(found.groups).find(([, piece]) => piece !== undefined);
    nodes.push(text.slice(at, found.index));
    nodes.push(make("span", { className: `py-${kind.replace("2", "")}`, textContent: found[0] }));
    at = found.index + found[0].length;
  }
  return [...nodes, `${text.slice(at)}\n`];
}
