// Lends the keyboard to what stands on the page: a key presses the link or button that names it in aria-keyshortcuts.
// Without this file every one of them is reached by Tab and pressed by Enter.
(() => {
  "use strict";

  const STORED = "desk-keys";
  const remembered = () => {
    try {
      return localStorage.getItem(STORED) !== "off";
    } catch {
      return true;
    }
  };
  let isOn = remembered();

  const isWriting = (element) => element.closest("input, textarea, select, [contenteditable]") !== null;
  const isShown = (element) => element.offsetParent !== null;

  function press(element) {
    if (element.tagName !== "SUMMARY") {
      element.click();
      return;
    }
    const details = element.parentElement;
    details.open = !details.open;
    const first = details.open && details.querySelector("select, textarea, a[href], button:not([hidden])");
    (first || element).focus();
  }

  document.addEventListener("keydown", (event) => {
    if (!isOn || event.defaultPrevented || event.ctrlKey || event.altKey || event.metaKey || event.isComposing) return;
    if (isWriting(event.target)) return;
    const key = event.key.length === 1 ? event.key.toUpperCase() : "";
    // A letter that is held down would press one matter after another.
    if (!key || event.repeat) return;
    const named = [...document.querySelectorAll("[aria-keyshortcuts]")];
    const element = named.find((one) => one.getAttribute("aria-keyshortcuts") === key && isShown(one));
    if (!element) return;
    event.preventDefault();
    press(element);
  });

  // Who dictates or types with one finger may switch single keys off; this browser remembers it.
  const button = document.getElementById("keys-switch");
  if (!button) return;
  const say = () => {
    button.textContent = isOn ? button.dataset.off : button.dataset.on;
  };
  button.hidden = false;
  say();
  button.addEventListener("click", () => {
    isOn = !isOn;
    try {
      localStorage.setItem(STORED, isOn ? "on" : "off");
    } catch {
      // A browser that keeps nothing forgets it with the page.
    }
    say();
  });
})();
