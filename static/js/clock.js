// Keeps every [data-due] true while the page is open, in the words the server gave. Without this file the page still
// says when each thing is due; only the distance stands still.
(() => {
  "use strict";
  const { now: serverNow, words: json } = document.body.dataset;
  if (!serverNow || !json) return;
  const words = JSON.parse(json);
  // The phone's own clock may be wrong by minutes; what counts is how long the page has been open.
  const opened = performance.now();
  const pageTime = Date.parse(serverNow);
  const currentTime = () => pageTime + performance.now() - opened;
  const HOUR = 3600, DAY = 86400;

  const fill = (template, values) =>
    template.replace(/%\((\w+)\)s/g, (whole, name) => (name in values ? values[name] : whole));
  const plural = ([one, many], number, name) => fill(number === 1 ? one : many, { [name]: number });

  function span(seconds) {
    const minutes = Math.floor(seconds / 60), hours = Math.floor(seconds / HOUR);
    if (!minutes) return plural(words.seconds, seconds, "seconds");
    if (!hours) return plural(words.minutes, minutes, "minutes");
    if (minutes % 60 === 0) return plural(words.hours, hours, "hours");
    return fill(words.hours_minutes, { hours, minutes: minutes % 60 });
  }

  function figure(seconds) {
    const two = (number) => String(number).padStart(2, "0");
    const hours = Math.floor(seconds / HOUR), minutes = Math.floor(seconds / 60) % 60;
    return hours ? `${hours}:${two(minutes)}:${two(seconds % 60)}` : `${minutes}:${two(seconds % 60)}`;
  }

  function write(element, text) {
    if (element.textContent !== text) element.textContent = text;
  }

  // A row that passes its moment while nobody reloads must not go on saying "until".
  function tickRow(element, left, seconds) {
    write(element, figure(seconds));
    if (left >= 0) return;
    const words = element.parentElement.querySelector("[data-overdue]");
    if (words) write(words, words.dataset.overdue);
    const row = element.closest("[data-queue-row]");
    if (row) {
      row.classList.remove("is-soon");
      row.classList.add("is-late");
    }
  }

  function tick() {
    for (const element of document.querySelectorAll("[data-due]")) {
      const left = (Date.parse(element.dataset.due) - currentTime()) / 1000;
      const seconds = Math.floor(Math.abs(left));
      // From a day on the server's words stand: they may count working days, which this script doesn't know.
      if (seconds >= DAY) continue;
      if (element.dataset.form === "clock") tickRow(element, left, seconds);
      else write(element, fill(left < 0 ? words.over : words.left, { span: span(seconds) }));
      const box = element.closest("[data-due-box]");
      if (box) {
        box.classList.toggle("due-overdue", left < 0);
        box.classList.toggle("due-soon", left >= 0 && left <= HOUR);
        box.classList.toggle("due-normal", left > HOUR);
      }
    }
  }

  tick();
  setInterval(tick, 1000);
  // Rows that were just refreshed come without running figures: fill them in before they are painted.
  document.addEventListener("htmx:afterSwap", tick);
})();
