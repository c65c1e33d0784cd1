// Writing in the community: quotations and pictures go into the text where the cursor is. Without this, quoting is a
// link that comes back with the form filled in.
const form = (element) => element.closest("form") ?? document.querySelector("form[data-pictures]");

function insert(text, words) {
  const at = text.selectionEnd ?? text.value.length;
  const before = text.value.slice(0, at);
  text.setRangeText(`${before && !before.endsWith("\n") ? "\n\n" : ""}${words}`, at, at, "end");
  text.dispatchEvent(new Event("input", { bubbles: true }));
}

function quoting(link) {
  link.addEventListener("click", async (event) => {
    const text = document.querySelector("#reply [data-writes]");
    if (!text || event.metaKey || event.ctrlKey || event.shiftKey) return;
    event.preventDefault();
    const answer = await fetch(link.dataset.quote).catch(() => null);
    if (!answer?.ok) return location.assign(link.href);
    text.form.elements.answers.value = link.dataset.answers;
    text.focus();
    insert(text, await answer.text());
    text.scrollIntoView({ block: "center" });
  });
}

function picturing(input) {
  const says = input.parentElement.querySelector("[data-picture-says]");
  const writing = form(input);
  input.addEventListener("change", async () => {
    const [file] = input.files;
    if (!file) return;
    const data = new FormData();
    data.append("csrfmiddlewaretoken", writing.elements.csrfmiddlewaretoken.value);
    data.append("picture", file);
    input.value = "";
    says.textContent = says.dataset.waits;
    const answer = await fetch(writing.dataset.pictures, { method: "POST", body: data }).catch(() => null);
    const said = await answer?.json().catch(() => null);
    if (said?.markdown) insert(writing.querySelector("[data-writes]"), `${said.markdown}\n`);
    says.textContent = said?.markdown ? says.dataset.done : (said?.error ?? says.dataset.failed);
  });
}

export default function enhance(element) {
  if (element.dataset.quote) quoting(element);
  else picturing(element);
}
