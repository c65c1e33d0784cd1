// What is being typed in a chat, with the files that are up already: kept in this browser until it is sent, for a month
// at the most, and until its writer signs out.
import { rooms } from "./chat-outbox.js";
import * as kept from "./kept.js";

const PREFIX = "chat-draft:";
const KEPT_FOR = 30 * 24 * 60 * 60 * 1000;
const FILES_KEPT_FOR = 20 * 60 * 60 * 1000; // the server keeps what no message claims for a day
const NONE = { text: "", files: [] };

export const read = (room) => of(PREFIX + room);

function of(key) {
  const found = kept.get(key);
  if (!found) return NONE;
  try {
    const draft = JSON.parse(found);
    if (Array.isArray(draft.files)) return { ...draft, files: draft.files.filter(isThere) };
  } catch {
    // Kept by an older page, as it was typed.
  }
  return { text: found, files: [] };
}

const isThere = ({ at }) => at > Date.now() - FILES_KEPT_FOR;

export function write(room, { text, files }) {
  if (text || files.length) kept.set(PREFIX + room, JSON.stringify({ text, files, at: Date.now() }));
  else kept.remove(PREFIX + room);
}

// For good, and for one tab only.
export async function take(room) {
  const taken = () => {
    const draft = read(room);
    kept.remove(PREFIX + room);
    return draft;
  };
  return navigator.locks ? navigator.locks.request(PREFIX + room, taken).catch(taken) : taken();
}

// What nobody came back for goes, of drafts and of what was not sent; an undated one counts from now.
export function sweep() {
  rooms();
  for (const key of kept.names(PREFIX)) {
    const { at, ...draft } = of(key);
    if (!at) write(key.slice(PREFIX.length), draft);
    else if (at < Date.now() - KEPT_FOR) kept.remove(key);
  }
}

export function forgetAll() {
  for (const key of kept.names(PREFIX)) kept.remove(key);
}
