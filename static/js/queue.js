// Keeps the queue fresh without losing scroll, focus or an open form. Without this file the page shows what it showed
// when it was opened, and every button works.
(() => {
  "use strict";

  // A link from the queue to “finish” opens that form, also where the browser doesn't do so by itself.
  const opened = location.hash.length > 1 && document.getElementById(decodeURIComponent(location.hash.slice(1)));
  if (opened instanceof HTMLDetailsElement) opened.open = true;

  const rows = document.getElementById("rows");
  if (!rows) return;
  const offline = document.getElementById("offline");
  let etag = rows.dataset.etag;
  let seenAt = new Date();

  const isPolling = (event) => event.detail.elt === rows;
  const isWriting = () => {
    const element = document.activeElement;
    return rows.contains(element) && element.matches("input, select, textarea");
  };
  const time = (at) => at.toLocaleTimeString("en-GB", { timeZone: "Asia/Shanghai" });

  function show(at, id) {
    const element = document.getElementById(id);
    if (!element) return;
    element.dateTime = at.toISOString();
    element.textContent = time(at);
  }

  // Nobody looks, or somebody is typing in a row: not now.
  document.addEventListener("htmx:beforeRequest", (event) => {
    if (isPolling(event) && (document.hidden || isWriting())) event.preventDefault();
  });

  // Asking with our own condition makes the browser hand us the 304 itself, instead of the old rows once more.
  document.addEventListener("htmx:configRequest", (event) => {
    if (isPolling(event) && etag) event.detail.headers["If-None-Match"] = etag;
  });

  document.addEventListener("htmx:afterRequest", (event) => {
    const { xhr } = event.detail;
    const reached = xhr.status > 0 && xhr.status < 500;
    offline.hidden = reached;
    if (!reached) {
      show(seenAt, "offline-at");
      return;
    }
    if (xhr.status === 200 || xhr.status === 409) etag = xhr.getResponseHeader("ETag");
    seenAt = new Date();
    show(seenAt, "live-at");
  });

  // New rows push the others about: what has the focus, or is read at the top of the screen, stays where it was.
  let held = null;
  const top = (element) => element.getBoundingClientRect().top;
  document.addEventListener("htmx:beforeSwap", (event) => {
    if (event.detail.target !== rows) return;
    const isFocused = rows.contains(document.activeElement) && document.activeElement.id;
    const named = [...rows.querySelectorAll("[id]")].filter((element) => element.offsetParent !== null);
    const element = isFocused ? document.activeElement : named.find((one) => one.getBoundingClientRect().bottom > 0);
    held = element ? { id: element.id, top: top(element) } : null;
  });
  document.addEventListener("htmx:afterSwap", (event) => {
    const element = held && event.detail.target === rows && document.getElementById(held.id);
    if (element) window.scrollBy({ top: top(element) - held.top, behavior: "instant" });
  });

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

  show(seenAt, "live-at");
})();
