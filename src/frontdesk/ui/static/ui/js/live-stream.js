// One stream for all tabs of a browser. The tab that holds the lock keeps it open and passes on what it brings; the
// others say what they wait for. A tab that is looked at takes the lock from one that does not answer (frozen, asleep).
const NAME = "frontdesk-live";
const MOST = 8; // topics of a stream
const SILENT = 25_000; // without a beat for so long, something on the way holds the stream back
const PING = 4000;
const GONE = 12_000; // a leader that has not answered for so long leads no more
const LAPSED = 90_000; // a tab that has not said for so long what it waits for is not there any more
const SETTLE = 200;
const PATIENCE = 20_000; // for a ticket
const LONGEST = 60_000;
const HELD_BACK = 120_000; // after a stream that was held back, or refused, the next is tried so much later

const me = `${Date.now()}-${Math.random()}`;
const channel = opened();
const canLock = Boolean(channel && navigator.locks); // not without https: then each tab has a stream of its own
function opened() {
  try {
    return new BroadcastChannel(NAME);
  } catch {
    return null; // an old browser, or a frame without storage
  }
}

let wants = new Map();
let covered = [];
let heardAt = 0;
let answeredAt = Date.now();
let leading = false;
let listener = () => {};

// For the page: whether a topic's stream lives, whom to call when there may be news, and what it waits for.
export const isLive = (topic) => covered.includes(topic) && Date.now() - heardAt < SILENT;
export const onWake = (call) => (listener = call);
export function want(topics) {
  const anew = [...topics.keys()].join() !== [...wants.keys()].join();
  wants = topics;
  say({ wants: [...wants], anew });
  if (leading) book({ from: me, wants: [...wants], anew });
}

// Between tabs.
const say = (message) => channel?.postMessage({ from: me, ...message });
channel?.addEventListener("message", (event) => take(event.data));

function take(message) {
  if (message.covered) {
    answeredAt = Date.now();
    ({ covered, heardAt } = message);
  }
  if (message.wakes) listener(message.wakes === "all" ? null : message.wakes, message);
  if (message.who) say({ wants: [...wants] });
  if (leading) book(message);
}

function tell(message = {}) {
  const state = { covered: source?.readyState === EventSource.OPEN ? streamed : [], heardAt };
  say({ ...state, ...message });
  take({ ...state, ...message });
}

// The lock. Whoever steals it gives up its place among those who wait, and who is stolen from waits again.
let queued;
function lead(steal = false) {
  if (!canLock) return begin();
  queued?.abort();
  const mine = (queued = steal ? null : new AbortController());
  const hold = () => new Promise(begin);
  navigator.locks.request(NAME, mine ? { signal: mine.signal } : { steal }, hold).catch((error) => {
    if (mine?.signal.aborted) return;
    if (error.name !== "AbortError") return begin(); // forbidden, as in a frame without storage: a stream of its own
    resign();
    lead();
  });
}

function begin() {
  leading = true;
  book({ from: me, wants: [...wants], anew: true });
  say({ who: true });
}

function resign() {
  leading = false;
  turn++;
  tabs.clear();
  hang(null);
  clearTimeout(settling);
}

setInterval(() => {
  if (leading || document.hidden || !canLock) return;
  say({ ping: true });
  if (Date.now() - answeredAt < GONE) return;
  answeredAt = Date.now();
  lead(true);
}, PING);

// The leader's book: who waits for what.
const tabs = new Map();
function book({ from, wants: theirs, anew, gone, ping }) {
  if (theirs) tabs.set(from, { topics: new Map(theirs), at: Date.now() });
  if (gone) tabs.delete(from);
  if (ping) tell();
  if (anew && from !== me) tell({ wakes: theirs.map(([topic]) => topic) }); // it may have missed what came while it loaded
  const known = anew ? streamed : asked;
  if (theirs && wanted().some(([topic]) => !known.includes(topic))) settle();
}

function wanted() {
  for (const [tab, { at }] of tabs) if (tab !== me && Date.now() - at > LAPSED) tabs.delete(tab);
  return [...new Map([...tabs.values()].flatMap(({ topics }) => [...topics]))].slice(0, MOST);
}

// The leader's stream.
let source = null;
let asked = []; // topics it was opened for, and those of them it got tickets for
let streamed = [];
let failures = 0;
let settling;
let watch;
let turn = 0;

function settle(after = SETTLE) {
  clearTimeout(settling);
  settling = setTimeout(connect, after);
}

function hang(next) {
  source?.close();
  source = next;
  clearTimeout(watch);
}

async function ticketOf([topic, address]) {
  const answer = await fetch(address, { redirect: "manual", headers: { Accept: "application/json" }, signal: AbortSignal.timeout(PATIENCE) });
  if (answer.status >= 500) throw new Error(answer.status);
  return answer.ok ? [topic, (await answer.json()).ticket] : null; // refused: its page finds out why by looking
}

async function connect() {
  const mine = ++turn;
  const topics = wanted();
  asked = topics.map(([topic]) => topic);
  let found;
  try {
    found = (await Promise.all(topics.map(ticketOf))).filter(Boolean);
  } catch {
    return mine === turn && fail();
  }
  if (mine !== turn) return;
  streamed = found.map(([topic]) => topic);
  const refused = asked.filter((topic) => !streamed.includes(topic));
  if (refused.length) tell({ wakes: refused });
  if (!found.length) return lose(HELD_BACK);
  hang(new EventSource(`/live/stream?${new URLSearchParams(found.map(([, ticket]) => ["ticket", ticket]))}`));
  expect();
  let missed = streamed; // fetched with the first sign of life: what came before it woke nobody
  const hear = (name, wakes) =>
    source.addEventListener(name, (event) => {
      if (event.target !== source) return;
      expect();
      failures = 0;
      heardAt = Date.now();
      const kind = missed || name !== "wake" ? "" : JSON.parse(event.data).kind;
      tell({ wakes: missed ?? wakes?.(event), spread: name === "fetch", kind });
      missed = undefined;
    });
  hear("beat");
  hear("fetch", () => "all");
  hear("wake", (event) => [JSON.parse(event.data).topic]);
  source.addEventListener("bye", (event) => event.target === source && again(Math.random() * 1000));
  source.addEventListener("error", (event) => event.target === source && fail());
}

function again(after) {
  hang(null);
  settle(after);
}

function lose(after) {
  again(after * (0.5 + Math.random() / 2));
  tell();
}

const fail = () => lose(Math.min(LONGEST, 1000 * 2 ** failures++));

function expect() {
  clearTimeout(watch);
  watch = setTimeout(lose, SILENT, HELD_BACK);
}

// Somebody looks at the page, or the network is back: no reason to go on waiting.
function resume() {
  answeredAt = Math.max(answeredAt, Date.now() - GONE + PING);
  if (!leading || (source && Date.now() - heardAt < SILENT)) return;
  failures = 0;
  settle(0);
}

document.addEventListener("visibilitychange", () => document.hidden || resume());
addEventListener("online", resume);
addEventListener("pageshow", (event) => event.persisted && resume());
addEventListener("pagehide", () => {
  say({ gone: true });
  if (leading) hang(null); // else it would count among the browser's connections until the next page is there
});

lead();
