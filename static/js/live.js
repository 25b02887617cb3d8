// Keeps #rows fresh without losing scroll, focus, selection or what somebody is writing. Without this file the page
// shows what it showed when it was opened, and every button works.
(() => {
  "use strict";

  const rows = document.getElementById("rows");
  if (!rows) return;
  const offline = document.getElementById("offline");
  const signedOut = document.getElementById("signed-out");
  let etag = rows.dataset.etag;
  let seenAt = new Date();
  const putOff = new WeakSet();

  const isPolling = (event) => event.detail.elt === rows;
  const isWriting = () => {
    const element = document.activeElement;
    return rows.contains(element) && element.matches("input, select, textarea");
  };
  const isMarking = () => {
    const selection = document.getSelection();
    return !selection.isCollapsed && rows.contains(selection.anchorNode);
  };
  const isHeld = () => isWriting() || isMarking();
  const isTyped = (field) => field.value.trim() !== "" && (field.matches("textarea") || field.value !== field.defaultValue);
  const isHalfWritten = () =>
    [...document.querySelectorAll("form[method=post] :is(textarea, input:not([type=hidden]))")].some(isTyped);
  const time = (at) => at.toLocaleTimeString("en-GB", { timeZone: "Asia/Shanghai" });

  function show(at, id) {
    const element = document.getElementById(id);
    if (!element) return;
    element.dateTime = at.toISOString();
    element.textContent = time(at);
  }

  // Nobody looks, or somebody is typing or marking words in a row: not now.
  document.addEventListener("htmx:beforeRequest", (event) => {
    if (isPolling(event) && (document.hidden || isHeld())) event.preventDefault();
  });

  // Asking with our own condition makes the browser hand us the 304 itself, instead of the old rows once more.
  document.addEventListener("htmx:configRequest", (event) => {
    if (isPolling(event) && etag) event.detail.headers["If-None-Match"] = etag;
  });

  // Signed out meanwhile: leaving for the sign-in page would lose what is half written.
  document.addEventListener("htmx:beforeOnLoad", (event) => {
    const isOut = event.detail.xhr.status === 401;
    signedOut.hidden = !(isOut && isHalfWritten());
    if (!signedOut.hidden) event.preventDefault();
  });

  document.addEventListener("htmx:afterRequest", (event) => {
    const { xhr } = event.detail;
    const reached = xhr.status > 0 && xhr.status < 500;
    offline.hidden = reached;
    if (!reached) {
      show(seenAt, "offline-at");
      return;
    }
    if (putOff.has(xhr)) return;
    if (xhr.status === 200 || xhr.status === 409) etag = xhr.getResponseHeader("ETag");
    seenAt = new Date();
    show(seenAt, "live-at");
  });

  // New rows push the others about: what has the focus, or is read at the top of what scrolls, stays where it was.
  let held = null;
  const top = (element) => element.getBoundingClientRect().top;
  function scrollerOf(element) {
    for (let one = element; one && one !== document.body; one = one.parentElement) {
      if (/auto|scroll/.test(getComputedStyle(one).overflowY) && one.scrollHeight > one.clientHeight) return one;
    }
    return null;
  }
  document.addEventListener("htmx:beforeSwap", (event) => {
    if (event.detail.target !== rows) return;
    if (isPolling(event) && isHeld()) {
      // Begun while the answer was on its way: asked for again the next time, under the old condition.
      event.detail.shouldSwap = false;
      putOff.add(event.detail.xhr);
      return;
    }
    const scroller = scrollerOf(rows);
    const edge = scroller ? top(scroller) : 0;
    const isFocused = rows.contains(document.activeElement) && document.activeElement.id;
    const named = [...rows.querySelectorAll("[id]")].filter((element) => element.offsetParent !== null);
    const element = isFocused ? document.activeElement : named.find((one) => one.getBoundingClientRect().bottom > edge);
    held = element ? { id: element.id, top: top(element), scroller: scroller || window } : null;
  });
  document.addEventListener("htmx:afterSwap", (event) => {
    const element = held && event.detail.target === rows && document.getElementById(held.id);
    if (element) held.scroller.scrollBy({ top: top(element) - held.top, behavior: "instant" });
  });

  show(seenAt, "live-at");
})();
