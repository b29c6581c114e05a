// An encrypted page: opened by its code, here, in the reader's browser. Nothing of it goes anywhere.
(function () {
  const page = document.querySelector("main");
  const form = document.getElementById("open");
  const field = document.getElementById("code");
  const button = form.querySelector("button");
  const error = document.getElementById("error");
  const LETTERS = /^[0-9A-HJKMNP-TV-Z]{20}$/, LONGEST_PAUSE = 60;
  let wrong = 0;

  function typed() {
    return field.value.toUpperCase().replace(/[\s\u2013\u2014-]/g, "").replace(/O/g, "0").replace(/[IL]/g, "1");
  }

  function say(words) { error.textContent = words; error.hidden = !words; }

  function slowly() {
    wrong += 1;
    let left = Math.min(LONGEST_PAUSE, Math.pow(2, wrong));
    button.disabled = true;
    say(page.dataset.wrong.replace("%s", left));
    const ticking = setInterval(function () {
      left -= 1;
      if (left > 0) { return; }
      clearInterval(ticking);
      button.disabled = false;
      say(page.dataset.again);
      field.focus();
    }, 1000);
  }

  // The answer becomes a file to send back: only the journal it is sealed to can open it. Whether the browser saves it
  // nobody hears, so that the link to it stays on the page, and the words in their field.
  function asFile(letter, answer) {
    const file = { format: "reattune-answer", version: 1, to: answer.address, letter: ReattuneShared.toBase64(letter) };
    const link = document.getElementById("answer-file");
    if (link.href) { URL.revokeObjectURL(link.href); }
    link.href = URL.createObjectURL(new Blob([JSON.stringify(file)], { type: "application/json" }));
    link.download = "answer-" + new Date().toISOString().slice(0, 10) + ".json";
    link.hidden = false;
    link.click();
    // What is written from now on is another file.
    document.getElementById("answer").addEventListener("input", function () { link.hidden = true; }, { once: true });
    return document.getElementById("answer").dataset.done;
  }

  form.addEventListener("submit", function (event) {
    event.preventDefault();
    if (button.disabled) { return; }
    const code = typed();
    if (!LETTERS.test(code)) { say(page.dataset.shape); field.focus(); return; }
    if (!window.crypto || !crypto.subtle) { say(page.dataset.old); return; }
    button.disabled = true;
    const sealed = ReattuneShared.fromBase64(page.dataset.sealed);
    ReattuneShared.open(new TextEncoder().encode(code), sealed, page.dataset.purpose)
      .then(function (content) { ReattuneShared.show(content, asFile); }, slowly);
  });
})();
