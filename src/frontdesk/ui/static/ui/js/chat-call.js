// How the chat talks to the server: on our own pages by cookie and token; in a frame on another site, where cookies may
// be blocked, by headers that no foreign page can send.
import * as kept from "./kept.js";

export const isBox = "chatBox" in document.documentElement.dataset;
const KIND = "Frontdesk-Chat";
const SECRET = "Frontdesk-Chat-Secret";
const PATIENCE = 20_000;

export async function call(address, { form, last = false } = {}) {
  const headers = { [KIND]: isBox ? "box" : "piece" };
  const secret = isBox && kept.get(SECRET);
  if (secret) headers[SECRET] = secret;
  if (isBox) headers["Accept-Language"] = document.documentElement.lang;
  if (form && !isBox) headers["X-CSRFToken"] = token();
  const options = { method: form ? "POST" : "GET", body: form, headers, cache: "no-store", keepalive: last };
  const answer = await fetch(address, last ? options : { ...options, signal: AbortSignal.timeout(PATIENCE) });
  const given = isBox && answer.headers.get(SECRET);
  if (given) kept.set(SECRET, given);
  return answer;
}

const token = () => document.querySelector("[data-chat] [name='csrfmiddlewaretoken']")?.value ?? "";

export function fields(values) {
  const form = new FormData();
  for (const [name, value] of Object.entries(values)) for (const each of [value].flat()) form.append(name, each);
  return form;
}
