// While a phone shows its keyboard, what fills the screen (data-keyboard) keeps to the part that is seen.
export default function enhance(element) {
  const view = window.visualViewport;
  if (!view) return;
  const fit = () => {
    if (!element.isConnected) return;
    element.style.setProperty("--seen", `${view.height}px`);
    element.style.setProperty("--seen-top", `${view.offsetTop}px`);
  };
  view.addEventListener("resize", fit);
  view.addEventListener("scroll", fit);
  fit();
}
