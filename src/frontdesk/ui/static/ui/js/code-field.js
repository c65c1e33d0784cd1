// The code field: formats while one types, marks the wrong group, takes a whole mail. The server decides in the end.
import { LENGTH, findCode, groupsOf, symbolsOf, verdict } from "./code.js";

const symbolsBefore = (text, at) => symbolsOf(text.slice(0, at)).length;

/** Where the caret stands after so many symbols, dashes counted. */
const caretAfter = (count) => count + Math.floor(Math.max(0, count - 1) / 5);

function insert(input, text) {
  const { value, selectionStart: from, selectionEnd: to } = input;
  input.value = value.slice(0, from) + text + value.slice(to);
  input.setSelectionRange(from + text.length, from + text.length);
}

export default function enhance(field) {
  const input = field.querySelector("input");
  const boxes = field.querySelectorAll(".code-groups i");
  const says = field.parentElement.querySelector("[data-code-says]");
  const texts = JSON.parse(input.dataset.codeTexts);
  input.setAttribute("aria-describedby", [input.getAttribute("aria-describedby"), says.id].filter(Boolean).join(" "));

  function say(text, tone = "") {
    says.dataset.tone = tone;
    if (says.textContent !== text) says.textContent = text;
  }

  function judge(symbols) {
    const groups = groupsOf(symbols);
    const verdicts = groups.map(verdict);
    boxes.forEach((box, index) => {
      box.className = verdicts[index] === "open" ? "" : (verdicts[index] ?? "");
    });
    const wrong = verdicts.slice(0, boxes.length).indexOf("wrong");
    if (wrong >= 0) say(texts.wrong[wrong].replace("%s", groups[wrong]), "bad");
    else if (symbols.length > LENGTH) say(texts.long, "bad");
    else if (symbols.length === LENGTH) say(texts.good, "good");
    else say("");
    return wrong;
  }

  function show() {
    const caret = caretAfter(symbolsBefore(input.value, input.selectionStart ?? input.value.length));
    const symbols = symbolsOf(input.value);
    const formatted = groupsOf(symbols).join("-");
    if (input.value !== formatted) {
      input.value = formatted;
      if (document.activeElement === input) input.setSelectionRange(caret, caret);
    }
    input.setAttribute("aria-invalid", String(judge(symbols) >= 0));
    mark();
  }

  function mark() {
    const here = Math.min(boxes.length - 1, Math.floor((input.selectionStart ?? 0) / 6));
    boxes.forEach((box, index) => box.classList.toggle("here", index === here));
  }

  input.addEventListener("input", show);
  for (const name of ["keyup", "click", "focus"]) input.addEventListener(name, mark);

  // Backspace behind a dash, and Delete before one, mean the symbol beyond it.
  input.addEventListener("keydown", (event) => {
    const at = input.selectionStart;
    if (at !== input.selectionEnd) return;
    if (event.key === "Backspace" && input.value[at - 1] === "-") input.setSelectionRange(at - 1, at - 1);
    if (event.key === "Delete" && input.value[at] === "-") input.setSelectionRange(at + 1, at + 1);
  });

  input.addEventListener("paste", (event) => {
    const text = event.clipboardData.getData("text");
    const code = findCode(text);
    event.preventDefault();
    if (code) {
      input.value = code;
      input.setSelectionRange(code.length, code.length);
    } else if (symbolsOf(text).length <= LENGTH) insert(input, text);
    else return say(texts.lost, "bad");
    show();
    if (code && symbolsOf(text).length > LENGTH && says.dataset.tone === "good") say(texts.found, "good");
    input.dispatchEvent(new Event("change", { bubbles: true }));
  });

  // The QR code of a card carries the code behind the #, where no server's log sees it; nor shall the history.
  const carried = input.value ? "" : findCode(location.hash.slice(1));
  if (carried) {
    input.value = carried;
    history.replaceState(history.state, "", location.pathname + location.search);
  }

  if (input.value) {
    const invalid = input.getAttribute("aria-invalid");
    show();
    // The server's own words about this value stand below already.
    if (invalid === "true") {
      input.setAttribute("aria-invalid", "true");
      say("");
    }
  }
}
