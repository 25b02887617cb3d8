// What the queue and an order's page do besides refreshing (live.js). Without this file every button works.
(() => {
  "use strict";

  // A link from the queue to “finish” opens that form, also where the browser doesn't do so by itself.
  const opened = location.hash.length > 1 && document.getElementById(decodeURIComponent(location.hash.slice(1)));
  if (opened instanceof HTMLDetailsElement) opened.open = true;

  const rows = document.getElementById("rows");
  if (!rows) return;

  // The button that was pressed went with its row: the hand finds the next order's button in its place.
  document.addEventListener("htmx:afterSettle", (event) => {
    if (event.detail.xhr?.status !== 409 || document.activeElement !== document.body) return;
    const next = [...rows.querySelectorAll(".is-taken .btn")].find((button) => button.offsetParent !== null);
    if (next) next.focus({ preventScroll: true });
  });

  // An order that is gone, or not ours any more: what stands here is out of date.
  document.addEventListener("htmx:responseError", (event) => {
    if (event.detail.xhr.status === 404) location.assign(document.getElementById("act").action);
  });
})();
