// What fits to what is being typed (data-suggest="where to ask"): shown in the element that data-suggest-into names.
const PAUSE = 250;
const LONGEST = 200;

export default function enhance(field) {
  const place = document.getElementById(field.dataset.suggestInto);
  const others = () => [...field.form.elements].filter((each) => each.name && "suggestWith" in each.dataset);
  let timer;
  let asked = "";

  async function look() {
    const query = new URLSearchParams({ subject: field.value.trim().slice(0, LONGEST) });
    for (const each of others()) query.append(each.name, each.value);
    const now = query.toString();
    if (now === asked) return;
    asked = now;
    const answer = await fetch(`${field.dataset.suggest}?${query}`).catch(() => null);
    if (answer?.ok && asked === now) place.innerHTML = await answer.text();
  }

  const later = () => {
    clearTimeout(timer);
    timer = setTimeout(look, PAUSE);
  };
  if (field.value) later(); // typed before this was there, or kept from before
  field.addEventListener("input", later);
  for (const each of others()) each.addEventListener("change", later);
}
