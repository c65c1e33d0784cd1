// What is typed into a form (data-draft="name") outlives a reload or signing in, in this tab, until the page shows that
// it arrived: data-sent="the form's number", or data-draft-done="name" where no message is shown. What somebody wrote who
// was signed in is nobody else's to see; what a guest wrote goes on with them who sign in.
const PREFIX = "draft:";
const PAUSE = 300;
const person = document.documentElement.dataset.person ?? "";
const keyOf = (name, whose = person) => `${PREFIX}${whose}:${name}`;

export default function enhance(element) {
  if (element.dataset.draftDone) return done(element.dataset.draftDone);
  if (element.dataset.sent) return arrived(element.dataset.sent);
  const key = keyOf(element.dataset.draft);
  adopt(element.dataset.draft);
  restore(element, read(key));
  let timer;
  const keep = () => write(key, element);
  element.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(keep, PAUSE);
  });
  element.addEventListener("change", keep);
  element.addEventListener("submit", keep);
  addEventListener("pagehide", keep);
}

// What a guest wrote since belongs to them who have signed in; what others wrote waits for them.
function adopt(name) {
  const own = read(keyOf(name));
  const guests = person && read(keyOf(name, ""));
  if (!guests || own?.at > guests.at) return;
  store(keyOf(name), guests);
  forget(keyOf(name, ""));
}

function done(name) {
  forget(keyOf(name));
  forget(keyOf(name, ""));
}

function kept(form) {
  return [...form.elements].filter((one) => one.name && one.matches("textarea, select, input:is([type='text'], [type='email'], [type='radio'])"));
}

function restore(form, draft) {
  if (!draft || form.querySelector(".has-error, .error")) return;
  for (const one of kept(form)) {
    const value = draft.values[one.name];
    if (value === undefined) continue;
    if (one.type === "radio") one.checked = form.querySelector(`[name="${one.name}"][checked]`) ? one.checked : one.value === value;
    else if (one.tagName === "SELECT") select(one, value);
    else if (!one.value) one.value = value;
  }
}

function select(field, value) {
  const chosen = field.querySelector("option[selected]");
  if ((!chosen || !chosen.value) && [...field.options].some((option) => option.value === value)) field.value = value;
}

function write(key, form) {
  if (form.dataset.forgotten) return;
  const values = {};
  for (const one of kept(form)) if (one.type !== "radio" || one.checked) values[one.name] = one.value;
  const number = form.elements.client_id?.value;
  if (Object.entries(values).some(([name, value]) => value && form.elements[name]?.tagName === "TEXTAREA") || values.subject)
    store(key, { number, at: Date.now(), values });
  else forget(key);
}

function arrived(number) {
  for (const key of keys()) if (key.startsWith(PREFIX) && read(key)?.number === number) forget(key);
}

function read(key) {
  try {
    return JSON.parse(sessionStorage.getItem(key));
  } catch {
    return null;
  }
}

function store(key, value) {
  try {
    sessionStorage.setItem(key, JSON.stringify(value));
  } catch {
    // Full or forbidden: then it is not kept.
  }
}

function keys() {
  try {
    return Object.keys(sessionStorage);
  } catch {
    return []; // forbidden, as in a frame without storage
  }
}

function forget(key) {
  try {
    sessionStorage.removeItem(key);
  } catch {
    // Forbidden: then there is none.
  }
}
