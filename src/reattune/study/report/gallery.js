// Shows courses a page at a time, by name and by what was found. The drawings are in the page already.
(function () {
  "use strict";
  const list = document.getElementById("course-list");
  const form = document.getElementById("course-search");
  if (!list || !form) return;
  form.hidden = false;
  const items = Array.from(list.children);
  const name = form.elements.namedItem("name");
  const what = form.elements.namedItem("what");
  const status = document.getElementById("course-count");
  const more = document.getElementById("course-more");
  const PAGE = 12;
  let shown = PAGE;
  function draw() {
    const wanted = name.value.trim().toLowerCase();
    const kind = what.value;
    let count = 0;
    for (const item of items) {
      const fits = (!wanted || item.dataset.client.toLowerCase().includes(wanted)) &&
        (!kind || (" " + item.dataset.found + " ").includes(" " + kind + " "));
      item.hidden = !fits || count >= shown;
      if (fits) count += 1;
    }
    status.textContent = count === 0 ? status.dataset.none :
      status.dataset.some.replace("{shown}", Math.min(shown, count)).replace("{whole}", count);
    more.hidden = count <= shown;
  }
  form.addEventListener("input", function () { shown = PAGE; draw(); });
  form.addEventListener("submit", function (event) { event.preventDefault(); });
  more.addEventListener("click", function () { shown += PAGE; draw(); });
  draw();
})();
