// Native dialogs. A link with data-dialog keeps its address as the way without this script.
export default function enhance(element) {
  if (element.matches("dialog")) return prepare(element);
  element.addEventListener("click", (event) => {
    const dialog = document.getElementById(element.dataset.dialog);
    if (!dialog) return;
    event.preventDefault();
    dialog.showModal();
  });
}

function prepare(dialog) {
  dialog.addEventListener("click", (event) => {
    const outside = event.target === dialog && !within(dialog.getBoundingClientRect(), event);
    if (outside || event.target.closest("[data-close]")) dialog.close();
  });
}

const within = (box, { clientX: x, clientY: y }) => x >= box.left && x <= box.right && y >= box.top && y <= box.bottom;
