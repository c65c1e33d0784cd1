// A button that prints the page.
export default function enhance(button) {
  button.addEventListener("click", () => print());
}
