// Suggestions below the text: "/" at the beginning of a word offers ready replies, "@" colleagues. Arrows, Enter, Escape.
export default function offer(form, text) {
  const box = document.getElementById("composer-offers");
  const colleagues = JSON.parse(document.getElementById("colleagues")?.textContent ?? "[]");
  let offered = [];
  let chosen = 0;
  let from = 0;
  let asked = 0;

  function close() {
    offered = [];
    box.hidden = true;
    text.removeAttribute("aria-activedescendant");
  }

  function choose(index) {
    chosen = (index + offered.length) % offered.length;
    [...box.children].forEach((option, at) => option.setAttribute("aria-selected", String(at === chosen)));
    const option = box.children[chosen];
    text.setAttribute("aria-activedescendant", option.id);
    option.scrollIntoView({ block: "nearest" });
  }

  function show(found, begin) {
    offered = found;
    from = begin;
    if (!found.length) return close();
    box.replaceChildren(
      ...found.map((each, index) => {
        const option = document.createElement("div");
        option.id = `offer-${index}`;
        option.setAttribute("role", "option");
        const title = option.appendChild(document.createElement("strong"));
        title.textContent = each.title;
        const more = option.appendChild(document.createElement("span"));
        more.className = "tiny muted clip";
        more.textContent = each.more;
        option.addEventListener("mousedown", (event) => {
          event.preventDefault();
          chosen = index;
          take();
        });
        return option;
      }),
    );
    box.hidden = false;
    choose(0);
  }

  function take() {
    const { value } = offered[chosen];
    text.setRangeText(value, from, text.selectionStart, "end");
    close();
    text.dispatchEvent(new Event("input", { bubbles: true }));
  }

  async function replies(q, begin) {
    const mine = ++asked;
    const answer = await fetch(`${form.dataset.replies}?${new URLSearchParams({ q })}`, { headers: { "X-Part": "json" } });
    if (!answer.ok || mine !== asked) return;
    const found = (await answer.json()).replies;
    show(found.map((each) => ({ title: each.title, more: `/${each.shortcut} · ${each.text}`, value: each.text })), begin);
  }

  function look() {
    const before = text.value.slice(0, text.selectionStart);
    const [, sign, word] = before.match(/(?:^|\s)([/@])([\p{L}\p{N}._-]*)$/u) ?? [];
    const begin = before.length - (word?.length ?? 0) - 1;
    asked++;
    if (sign === "/" && form.elements.kind.value === "agent") return replies(word, begin);
    if (sign !== "@") return close();
    const low = word.toLowerCase();
    const found = colleagues.filter((each) => `${each.name} ${each.address}`.toLowerCase().includes(low)).slice(0, 8);
    show(found.map((each) => ({ title: each.name, more: each.address, value: `@${each.address} ` })), begin);
  }

  text.addEventListener("input", () => look());
  text.addEventListener("blur", close);
  text.addEventListener("keydown", (event) => {
    if (box.hidden || event.ctrlKey || event.metaKey) return;
    const deed = {
      ArrowDown: () => choose(chosen + 1),
      ArrowUp: () => choose(chosen - 1),
      Enter: take,
      Tab: take,
      Escape: close,
    }[event.key];
    if (!deed) return;
    event.preventDefault();
    event.stopPropagation();
    deed();
  });
  form.querySelector("[data-offer-replies]")?.addEventListener("click", (event) => {
    event.preventDefault();
    text.focus();
    replies("", text.selectionStart);
  });
}
