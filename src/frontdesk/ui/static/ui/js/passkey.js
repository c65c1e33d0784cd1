// Passkeys: a form with data-passkey asks the browser to make ("create") or show ("get") one, and sends the answer on.
const fromText = (text) => Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (c) => c.charCodeAt(0));

function toText(buffer) {
  const binary = Array.from(new Uint8Array(buffer), (byte) => String.fromCharCode(byte)).join("");
  return btoa(binary).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
}

/** The server's JSON, with bytes where the browser wants bytes. */
function read({ publicKey }) {
  const opened = (list) => list?.map((each) => ({ ...each, id: fromText(each.id) }));
  const options = { ...publicKey, challenge: fromText(publicKey.challenge) };
  if (publicKey.user) options.user = { ...publicKey.user, id: fromText(publicKey.user.id) };
  if (publicKey.excludeCredentials) options.excludeCredentials = opened(publicKey.excludeCredentials);
  if (publicKey.allowCredentials) options.allowCredentials = opened(publicKey.allowCredentials);
  return { publicKey: options };
}

/** The browser's answer as JSON. */
function write(credential) {
  const response = {};
  for (const name of ["clientDataJSON", "attestationObject", "authenticatorData", "signature", "userHandle"]) {
    if (credential.response[name]) response[name] = toText(credential.response[name]);
  }
  const { id, rawId, type } = credential;
  const clientExtensionResults = credential.getClientExtensionResults();
  return JSON.stringify({ id, rawId: toText(rawId), type, clientExtensionResults, response });
}

async function optionsOf(form) {
  if (form.dataset.options) return JSON.parse(form.dataset.options);
  const headers = { "X-CSRFToken": form.elements.csrfmiddlewaretoken.value };
  const answer = await fetch(form.dataset.optionsUrl, { method: "POST", headers });
  if (!answer.ok) throw new TypeError(answer.statusText);
  return answer.json();
}

function reason(error, texts) {
  if (error.name === "InvalidStateError") return texts.twice;
  return error instanceof TypeError ? texts.late : texts.stopped;
}

export default function enhance(form) {
  const says = form.querySelector("[data-passkey-says]");
  const { credential } = form.elements;
  form.addEventListener("submit", async (event) => {
    if (credential.value) return;
    // Not yet: the helper for all forms shall not take it for sent.
    event.preventDefault();
    event.stopImmediatePropagation();
    says.textContent = "";
    if (!window.PublicKeyCredential) return void (says.textContent = says.dataset.unsupported);
    try {
      const options = read(await optionsOf(form));
      credential.value = write(await navigator.credentials[form.dataset.passkey](options));
    } catch (error) {
      return void (says.textContent = reason(error, says.dataset));
    }
    form.requestSubmit();
  });
  addEventListener("pageshow", (event) => event.persisted && (credential.value = ""));
}
