// How the desk's pages ask the server: no longer than people wait, and with the token that holds now, since signing in
// anew, in whichever tab, makes another. The page gets it only for whom it was made: nothing goes out in another's name.
const PATIENCE = 20_000;
const SLOW = 150_000; // files: the server itself waits for two minutes
const FIELDS = "[name='csrfmiddlewaretoken']";
const meta = () => document.querySelector('meta[name="csrf-token"]');
const strip = () => document.querySelector("[data-chat-strip]");
let state = ""; // "out", "other", "stale"

export const token = () => meta()?.content ?? document.querySelector(FIELDS)?.value ?? "";

// Why nothing goes on here until somebody does something about it, in words; "" while nothing is wrong.
export const trouble = () => (state && strip()?.dataset[state]) || "";

export async function call(address, { form, headers = {}, isSlow = false, last = false } = {}) {
  const ask = () => {
    const limit = last ? { keepalive: true } : { signal: AbortSignal.timeout(isSlow ? SLOW : PATIENCE) };
    if (!form) return fetch(address, { headers, ...limit });
    form.delete("csrfmiddlewaretoken"); // it would count more than the header, and may be older
    return fetch(address, { method: "POST", body: form, headers: { ...headers, ...author(), "X-CSRFToken": token() }, ...limit });
  };
  let answer = await ask();
  if (form && !last && answer.status === 403 && (await renew())) {
    answer = await ask();
    if (answer.status === 403) become("stale");
  }
  if (answer.redirected) become("out");
  else if (answer.ok && form) become(""); // of who only asks, the strip's answer says who they are
  return answer;
}

// Whose page this is: the server takes nothing in it for anybody else, whatever the browser's cookies say by then.
export function author() {
  const { person } = document.documentElement.dataset;
  return person ? { "Frontdesk-Person": person } : {};
}

// Another token, and whether there is one.
let asking;
export function renew() {
  asking ??= fresh().finally(() => (asking = undefined));
  return asking;
}

async function fresh() {
  const address = strip()?.dataset.chatStrip;
  const answer = address && (await fetch(address, { headers: { "X-Part": "strip" }, signal: AbortSignal.timeout(PATIENCE) }));
  if (answer?.ok) return adopt(answer);
  become("stale");
  return false;
}

// Each answer of the strip says who is signed in, and what their token is.
export function adopt(answer) {
  const now = answer.headers.get("Frontdesk-Token");
  const isTheirs = answer.headers.get("Frontdesk-Person") === document.documentElement.dataset.person;
  if (answer.redirected) become("out");
  else if (now) become(isTheirs ? "" : "other");
  if (answer.redirected || !now || !isTheirs) return false;
  if (meta()) meta().content = now;
  for (const field of document.querySelectorAll(FIELDS)) field.value = now;
  return true;
}

// `told` hears of trouble as long as the element is in the page.
export function whileThere(element, told) {
  document.addEventListener("desk-trouble", function hear() {
    if (element.isConnected) told();
    else document.removeEventListener("desk-trouble", hear);
  });
}

function become(next) {
  if (next === state) return;
  state = next;
  document.dispatchEvent(new CustomEvent("desk-trouble"));
}
