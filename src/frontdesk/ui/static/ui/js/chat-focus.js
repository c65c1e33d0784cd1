// Where one goes on in a place for the chat: the field that is wrong, the one to fill in, or the words at the top.
const waiting = new WeakSet();

// Asked for before anything is there, it is done with the first piece that `arrived` hears of, unless `left` comes first.
export function focus(place) {
  const target = place.querySelector("[aria-invalid='true'], [data-chat-focus]") ?? place.querySelector("h1, h2");
  if (!target) return waiting.add(place);
  waiting.delete(place);
  if (target.matches("h1, h2")) target.tabIndex = -1;
  target.focus();
}

export const arrived = (place) => waiting.has(place) && focus(place);
export const left = (place) => waiting.delete(place);
