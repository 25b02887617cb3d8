// Small helps while filing. Without this file every step works the same, with one press more.
(() => {
  "use strict";

  // Photos are sent as soon as they are chosen.
  const photos = document.querySelector("form[data-photos]");
  const chooser = photos && photos.querySelector('input[type="file"]');
  if (chooser) {
    chooser.addEventListener("change", () => {
      if (!chooser.files.length) return;
      photos.querySelector("[data-sending]").hidden = false;
      photos.requestSubmit(photos.querySelector('button[value="add"]'));
    });
  }

  // The button says what was chosen: “Continue: leaks”.
  const onward = document.querySelector("button[data-continue]");
  if (onward) {
    const name = () => {
      const chosen = document.querySelector(".tiles input:checked + label span");
      if (chosen) onward.textContent = onward.dataset.continue.replace("%(name)s", chosen.textContent);
    };
    document.addEventListener("change", name);
    name();
  }

  // Only the entrances that the building has.
  const building = document.querySelector("select[data-stairwells]");
  const stairwell = document.getElementById("id_stairwell");
  if (building && stairwell) {
    const stairwells = JSON.parse(building.dataset.stairwells);
    const field = stairwell.closest(".field");
    const narrow = () => {
      const most = stairwells[building.value] || 0;
      for (const option of stairwell.options) option.hidden = option.disabled = Number(option.value) > most;
      if (Number(stairwell.value) > most) stairwell.value = "";
      field.hidden = most === 0;
    };
    building.addEventListener("change", narrow);
    narrow();
  }

  // How much of the words still fits; said only near the end.
  const left = document.querySelector("[data-counts]");
  const words = left && document.getElementById(left.dataset.counts);
  if (words) {
    const count = () => {
      const rest = Number(words.dataset.limit) - Array.from(words.value).length;
      const sentence = rest < 0 ? left.dataset.over : rest <= 200 ? left.dataset.left : "";
      left.textContent = sentence.replace("%(count)s", Math.abs(rest));
    };
    words.addEventListener("input", count);
    count();
  }
})();
