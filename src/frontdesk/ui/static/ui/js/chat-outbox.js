// What was written and has not arrived yet. It is kept in the browser's storage, each with a number of its own by which
// the server takes it once, and sent in order by one tab at a time, until the server has it.
import * as kept from "./kept.js";

const LONGEST = 8;
const MOST = 60; // seconds, whatever an answer says
const KEPT_FOR = 30 * 24 * 60 * 60 * 1000;
const ASLEEP = 30_000; // a tab that has had the turn for so long is frozen

// `send(entry)` answers {} when it has arrived, {wait: seconds} when later, {refused: "why"} when never, and throws
// without a connection. `show(entries, state)` is told whenever something changes; state is "", "sending", "waiting". It
// ends when `isThere()` says no: another piece of the page has taken over.
export default function outbox(room, { send, show, isThere }) {
  const prefix = `chat-out:${room}:`;
  let state = "";
  let failures = 0;
  let isLost = false; // without a connection
  let timer;
  let busy = false;
  let again = false;

  const entries = () => kept.names(prefix).map((key) => ({ key, ...JSON.parse(kept.get(key) ?? "{}") }));
  const tell = (now = state) => isThere() && show(entries(), (state = now));

  // `refused`: it is not sent before somebody decides so.
  function put(text, files, id = number(), refused = undefined) {
    const before = Number(kept.names(prefix).at(-1)?.slice(prefix.length).split(":")[0] ?? 0);
    const at = String(Math.max(Date.now(), before + 1)).padStart(15, "0");
    const entry = { id, text, files, refused };
    kept.set(`${prefix}${at}:${entry.id}`, JSON.stringify(entry));
    tell();
    if (!isLost) flush(); // each try makes the next pause longer
  }

  function drop(id) {
    for (const entry of entries()) if (entry.id === id) kept.remove(entry.key);
    tell();
  }

  // Once more, what was refused.
  function retry(id) {
    for (const { key, refused, ...entry } of entries()) if (refused && entry.id === id) kept.set(key, JSON.stringify(entry));
    flush();
  }

  async function flush() {
    clearTimeout(timer);
    if (!isThere()) return;
    if (busy) return (again = true);
    busy = true;
    await alone(prefix, drain).catch(() => later(1));
    busy = false;
    if (again) {
      again = false;
      flush();
    }
  }

  async function drain() {
    for (let entry; (entry = entries().find(({ id, refused }) => id && !refused)); ) {
      tell("sending");
      const { wait, refused } = await send(entry).catch(lost);
      if (wait) return later(wait);
      failures = 0;
      isLost = false;
      if (refused && kept.get(entry.key)) kept.set(entry.key, JSON.stringify({ ...entry, refused }));
      else kept.remove(entry.key);
    }
    tell("");
  }

  function lost() {
    isLost = true;
    return { wait: Math.min(LONGEST, 2 ** failures++) };
  }

  // The server has answered something else: then it takes this, too.
  function found() {
    if (!isLost) return;
    isLost = false;
    failures = 0;
    flush();
  }

  function later(seconds) {
    tell("waiting");
    clearTimeout(timer);
    timer = setTimeout(flush, shyly(seconds));
  }

  addEventListener("storage", (event) => event.key?.startsWith(prefix) && tell());
  addEventListener("online", flush);
  document.addEventListener("visibilitychange", () => document.hidden || flush());
  tell();
  flush();
  return { put, drop, retry, flush, found };
}

// One tab at a time. Without locks (no https) tabs send side by side, and the server takes each number once.
async function alone(name, work) {
  if (!navigator.locks) return work();
  const signal = AbortSignal.timeout(ASLEEP);
  try {
    return await navigator.locks.request(name, { signal }, work);
  } catch (error) {
    if (error.name === "SecurityError") return work(); // a frame without storage, which no other tab shares
    if (!signal.aborted || document.hidden) throw error;
    return navigator.locks.request(name, { steal: true }, work);
  }
}

// Milliseconds; never together with all others.
const shyly = (seconds) => Math.min(seconds, MOST) * 1000 * (1 + Math.random() / 4);

// How many of them to wait before the next try, when so many failed.
export const pause = (failures) => shyly(Math.min(LONGEST, 2 ** failures));

// The rooms for which something is kept, of those whose names begin so; a room's name may have colons. What nobody came
// back for goes.
export function rooms(begin = "") {
  const found = new Set();
  for (const key of kept.names(`chat-out:${begin}`)) {
    const parts = key.split(":");
    if (Number(parts.at(-2)) < Date.now() - KEPT_FOR) kept.remove(key);
    else found.add(parts.slice(1, -2).join(":"));
  }
  return [...found];
}

export function number() {
  if (crypto.randomUUID) return crypto.randomUUID();
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = (bytes[6] & 15) | 64;
  bytes[8] = (bytes[8] & 63) | 128;
  const hex = [...bytes].map((each) => each.toString(16).padStart(2, "0")).join("");
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})/, "$1-$2-$3-$4-");
}
