// What an answer means for what was sent in a chat, on either side of it: {} once it is there, {wait: seconds} when it is
// to be tried again, {refused: "why"} when that does not help. It throws where nobody of ours has answered: then the
// connection is gone, whatever page somebody on the way has for that.
const MARK = "Frontdesk-Chat"; // each answer of ours to who sends it has it
const FINAL = [400, 413, 414]; // nobody takes it, whoever says so, and each try would send all of it anew
const GONE = [404, 410];
const SOON = 3; // seconds
const STALE = 10; // a token that does not hold any more; a page that is loaded anew has another
const LONGEST = 60;
const TRIES = 6; // of what does not get through while nothing else is known to be wrong

export const asks = (kind) => ({ [MARK]: kind });
export const isOurs = (answer) => !answer.redirected && answer.headers.has(MARK);

const renewed = new Set(); // what a new token was fetched for already
const blocked = new Map(); // id: how often it alone did not get through

// `stale: true` comes once for each id: the page needs a new token. `gone: true`: there is no such chat for who sits here.
// `reaches()` tells whether anything else of ours gets through.
export default async function deliver(id, answer, { refused, tooLong, notThrough, gone = refused }, reaches) {
  const { status } = answer;
  const ours = isOurs(answer);
  if (ours && answer.ok) return {};
  if (FINAL.includes(status)) return { refused: (ours && (await wordsOf(answer))) || tooLong };
  if (status === 403) return barred(id, ours, notThrough, reaches);
  if (!ours || status >= 500 || answer.ok) throw new Error(status);
  if (status === 429) return { wait: Math.min(Number(answer.headers.get("Retry-After")) || SOON, LONGEST) };
  const isGone = GONE.includes(status);
  return { refused: (await wordsOf(answer)) || (isGone ? gone : refused), gone: isGone };
}

// A stale token, or a filter on the way that dislikes these words. Neither may hold up for ever what waits behind it.
async function barred(id, ours, words, reaches) {
  if (ours && !renewed.has(id)) {
    renewed.add(id);
    return { wait: STALE, stale: true };
  }
  if (!ours && !(await reaches())) throw new Error("403"); // then it is not for these words
  const tries = (blocked.get(id) ?? 0) + 1;
  blocked.set(id, tries % TRIES);
  if (tries < TRIES) throw new Error("403");
  renewed.delete(id);
  return { refused: words };
}

async function wordsOf(answer) {
  const said = await answer.json().catch(() => ({})); // a page, not words
  return said.words ?? said.problem;
}
