// Small kindnesses of forms. Every form works without this file; the server alone decides what is valid and what is new.
(() => {
  "use strict";

  // Readers of the screen and the eye both start at the list of what is missing.
  const summary = document.querySelector("[data-error-summary]");
  if (summary) summary.focus();

  // This page answers a form that was sent. Back or a reload would offer to send it once more, to somebody who doesn't
  // know whether it was taken: let it ask for the page itself, which does.
  if (document.querySelector("[data-answered]")) history.replaceState(null, "", location.href);

  // A second tap sends nothing more. `disabled` would keep the button's own value from being sent, hence aria-busy.
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (form.method !== "post" || form.dataset.again !== undefined) return;
    if (form.dataset.sent !== undefined) {
      event.preventDefault();
      return;
    }
    form.dataset.sent = "";
    if (event.submitter) event.submitter.setAttribute("aria-busy", "true");
    // After a lost connection the browser stays on the page: let the person try again.
    setTimeout(() => release(form), 8000);
  });

  // Back from the browser's memory: the form may be sent again, and the server knows it by its draft.
  window.addEventListener("pageshow", (event) => {
    if (event.persisted) document.querySelectorAll("form[data-sent]").forEach(release);
  });

  function release(form) {
    delete form.dataset.sent;
    form.querySelectorAll('[aria-busy="true"]').forEach((button) => button.removeAttribute("aria-busy"));
  }
})();
