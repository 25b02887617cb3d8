// The console's own script: the side bar on wide screens, one open filter at a time, names for the search fields of references.
"use strict";

(() => {
  const wide = window.matchMedia("(min-width: 64rem)");
  const bar = document.querySelector(".console-nav");

  // On a wide screen the side bar always stands open; on a phone it folds away.
  const unfold = () => { if (bar) bar.open = wide.matches; };
  wide.addEventListener("change", unfold);
  unfold();

  document.addEventListener("click", (event) => {
    for (const filter of document.querySelectorAll("details.filter[open]"))
      if (!filter.contains(event.target)) filter.open = false;
  });
  document.addEventListener("keydown", (event) => {
    const open = event.key === "Escape" && document.querySelector("details.filter[open]");
    if (!open) return;
    open.open = false;
    open.querySelector("summary").focus();
  });

  const problems = document.getElementById("problems");
  if (problems) problems.focus();

  // select2 draws a combobox without a name, and its words may be Chinese on a page in another language.
  const han = /[\u3400-\u9fff]/;
  const nameReferences = () => {
    for (const select of document.querySelectorAll("select.admin-autocomplete")) {
      const drawn = select.nextElementSibling;
      const box = drawn && drawn.querySelector("[role=combobox]");
      const label = document.querySelector(`label[for="${select.id}"]`);
      if (!box || !label) continue;
      label.id = label.id || `${select.id}_label`;
      const shown = drawn.querySelector(".select2-selection__rendered");
      box.setAttribute("aria-labelledby", `${label.id} ${shown.id}`);
      shown.removeAttribute("title");
      if (han.test(shown.textContent)) shown.lang = "zh-Hans";
      else shown.removeAttribute("lang");
    }
  };
  if (window.django && window.django.jQuery) {
    const $ = window.django.jQuery;
    $(() => {
      nameReferences();
      $(document).on("change", "select.admin-autocomplete", nameReferences);
      $(document).on("select2:open", () => {
        const field = document.querySelector(".select2-search__field");
        if (!field) return;
        field.setAttribute("aria-label", document.querySelector(".select2-container--open").previousElementSibling?.labels?.[0]?.innerText || "");
        field.focus();
      });
    });
  }
})();
