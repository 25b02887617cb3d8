// The console's own script: the side bar on wide screens, one open filter at a time, references found by typing.
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

  // References are found by typing: a combobox over what the server offers. Left without a choice, it returns to the last one.
  const han = /[\u3400-\u9fff]/;
  const isChinesePage = document.documentElement.lang.startsWith("zh");
  const mark = (element, text) => {
    if (!isChinesePage && han.test(text)) element.lang = "zh-Hans";
    else element.removeAttribute("lang");
  };

  const combobox = (box) => {
    const [kept, field] = box.querySelectorAll("input");
    const list = box.querySelector("[role=listbox]");
    let chosen = { id: kept.value, text: field.value };
    let current = -1;
    let waiting = 0;
    let asked = 0;

    const options = () => [...list.querySelectorAll("[role=option]")];
    const close = () => {
      list.hidden = true;
      field.setAttribute("aria-expanded", "false");
      field.removeAttribute("aria-activedescendant");
      current = -1;
    };
    const choose = (id, text) => {
      chosen = { id, text };
      kept.value = id;
      field.value = text;
      mark(field, text);
      kept.dispatchEvent(new Event("change", { bubbles: true }));
      close();
    };
    const point = (to) => {
      const all = options();
      if (!all.length) return;
      current = (to + all.length) % all.length;
      all.forEach((option, at) => option.setAttribute("aria-selected", String(at === current)));
      all[current].scrollIntoView({ block: "nearest" });
      field.setAttribute("aria-activedescendant", all[current].id);
    };
    const show = (results) => {
      list.replaceChildren(...results.map((result, at) => {
        const option = document.createElement("li");
        option.id = `${list.id}_${at}`;
        option.setAttribute("role", "option");
        option.setAttribute("aria-selected", "false");
        option.dataset.id = result.id;
        option.textContent = result.text;
        mark(option, result.text);
        return option;
      }));
      if (!results.length) {
        const none = document.createElement("li");
        none.setAttribute("role", "option");
        none.setAttribute("aria-disabled", "true");
        none.className = "none";
        none.textContent = box.dataset.none;
        list.append(none);
      }
      list.hidden = false;
      field.setAttribute("aria-expanded", "true");
    };
    const ask = async (term) => {
      const mine = ++asked;
      const question = new URLSearchParams({
        term, app_label: box.dataset.app, model_name: box.dataset.model, field_name: box.dataset.field,
      });
      const answer = await fetch(`${box.dataset.url}?${question}`, { headers: { Accept: "application/json" } });
      if (mine !== asked || !answer.ok || document.activeElement !== field) return;
      show((await answer.json()).results);
    };

    field.addEventListener("input", () => {
      window.clearTimeout(waiting);
      waiting = window.setTimeout(() => ask(field.value.trim()), 200);
    });
    field.addEventListener("click", () => { if (list.hidden) ask(""); });
    field.addEventListener("keydown", (event) => {
      if (event.key === "ArrowDown" || event.key === "ArrowUp") {
        event.preventDefault();
        if (list.hidden) ask("");
        else point(current + (event.key === "ArrowDown" ? 1 : -1));
      } else if (event.key === "Enter" && !list.hidden) {
        event.preventDefault();
        const option = options()[Math.max(current, 0)];
        if (option && option.dataset.id) choose(option.dataset.id, option.textContent);
      } else if (event.key === "Escape" && !list.hidden) {
        event.stopPropagation();
        close();
      }
    });
    // Before the field loses the focus: a press on an option must still find the list there.
    list.addEventListener("mousedown", (event) => {
      event.preventDefault();
      const option = event.target.closest("[role=option]");
      if (option && option.dataset.id) choose(option.dataset.id, option.textContent);
    });
    field.addEventListener("blur", () => {
      window.clearTimeout(waiting);
      asked += 1;
      if (!field.value.trim()) choose("", "");
      else if (field.value !== chosen.text) choose(chosen.id, chosen.text);
      close();
    });
  };
  document.querySelectorAll(".choose").forEach(combobox);
})();
