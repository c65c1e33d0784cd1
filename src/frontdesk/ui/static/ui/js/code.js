// Activation codes: four groups of four symbols and a check symbol, Crockford base32. No page in here, so that it can be tested alone.
export const ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
const LOOK_ALIKES = { O: "0", I: "1", L: "1" };
const GROUPS = 4;
const GROUP = 5;

/** Letters and digits of a text, upper case, look-alikes read as digits; everything else is dropped. */
export function symbolsOf(text) {
  return text.toUpperCase().replace(/[^0-9A-Z]/g, "").replace(/[OIL]/g, (letter) => LOOK_ALIKES[letter]);
}

export function groupsOf(symbols) {
  return symbols.match(/.{1,5}/g) ?? [];
}

/** Multiply in GF(32) with the polynomial x^5 + x^2 + 1. */
function times(a, b) {
  let product = 0;
  for (let bit = 0; bit < 5; bit += 1) {
    if ((b >> bit) & 1) product ^= a << bit;
  }
  for (let bit = 8; bit >= 5; bit -= 1) {
    if ((product >> bit) & 1) product ^= 0b100101 << (bit - 5);
  }
  return product;
}

/** The check symbol of four symbols: the sum of a^i · symbol_i with a = 2, i = 1…4 from the left. */
export function checkSymbol(four) {
  const sum = [...four].reduce((total, symbol, index) => total ^ times(2 << index, ALPHABET.indexOf(symbol)), 0);
  return ALPHABET[sum];
}

/** How a group reads: "ok", "wrong" or "open" (not typed to its end). A letter that no code has is wrong at once. */
export function verdict(group) {
  if ([...group].some((symbol) => !ALPHABET.includes(symbol))) return "wrong";
  if (group.length < GROUP) return "open";
  return checkSymbol(group.slice(0, GROUP - 1)) === group[GROUP - 1] ? "ok" : "wrong";
}

/** The code in a longer text: the first that checks out, else the first that has its shape with dashes, else "". */
export function findCode(text) {
  const shape = /(?<![0-9A-Za-z])[0-9A-Za-z]{5}(?:[\s\u2010-\u2015-]*[0-9A-Za-z]{5}){3}(?![0-9A-Za-z])/g;
  let dashed = "";
  for (let match = shape.exec(text); match; match = shape.exec(text)) {
    const symbols = symbolsOf(match[0]);
    if (groupsOf(symbols).every((group) => verdict(group) === "ok")) return symbols;
    if (/[\u2010-\u2015-]/.test(match[0])) dashed ||= symbols;
    shape.lastIndex = match.index + 1;
  }
  return dashed;
}

export const LENGTH = GROUPS * GROUP;
