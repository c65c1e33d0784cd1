// Copies a value and says so on the button for a moment.
export default function enhance(button) {
  const words = button.querySelector("span");
  const before = words.textContent;
  words.setAttribute("role", "status");
  button.addEventListener("click", async () => {
    try {
      await navigator.clipboard.writeText(button.dataset.copy);
    } catch {
      return select(button.previousElementSibling);
    }
    words.textContent = button.dataset.copied;
    button.classList.add("is-done");
    setTimeout(() => {
      words.textContent = before;
      button.classList.remove("is-done");
    }, 2000);
  });
}

/** Where the clipboard is closed to us, the value is selected, so that one press copies it. */
function select(element) {
  const range = document.createRange();
  range.selectNodeContents(element);
  const selection = getSelection();
  selection.removeAllRanges();
  selection.addRange(range);
}
