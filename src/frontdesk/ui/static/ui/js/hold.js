// A form that is sent while files are still on their way waits for them. One that does not arrive is seen first: then
// the form stays, and the next press sends it without. `says(is_held)` is told when it begins and ends to wait.
export default function hold(form, says = () => {}) {
  let underWay = 0;
  let wanted = null;

  form.addEventListener(
    "submit",
    (event) => {
      if (!underWay) return;
      event.preventDefault();
      event.stopImmediatePropagation();
      wanted = { button: event.submitter };
      says(true);
    },
    true,
  );

  // `work` answers whether all of it arrived.
  return async function during(work) {
    underWay += 1;
    const arrived = await work().catch(() => false);
    underWay -= 1;
    const { button } = wanted ?? {};
    const goes = arrived && wanted && !underWay;
    if (!wanted || (arrived && !goes)) return;
    wanted = null;
    says(false);
    if (goes) form.requestSubmit(button);
  };
}
