// A note on a locked or offline page: sealed in this browser before anything else happens to it, then sent.
// Without this file the form works too; then the note is sealed on arrival.
"use strict";

(function () {
  const form = document.querySelector("form[data-note]");
  const outbox = globalThis.ReattuneOutbox;
  if (!form || !outbox || !globalThis.crypto || !crypto.subtle || !globalThis.indexedDB) { return; }
  const field = form.querySelector("textarea"), said = form.querySelector("[data-said]"), button = form.querySelector("button");

  function say(words, hurt) {
    said.textContent = words;
    said.hidden = !words;
    said.classList.toggle("hurt", Boolean(hurt));
    said.classList.toggle("notice", !hurt);
  }

  // Where it goes: what the server said of this page, or what was kept when the journal was last open here.
  async function place() {
    const address = form.querySelector("input[name=address]").value;
    return form.dataset.key ? { address: address, key: form.dataset.key } : outbox.last();
  }

  function said_of(problem) {
    field.setAttribute("aria-invalid", "true");
    say(problem, true);
  }

  form.addEventListener("submit", async function (event) {
    event.preventDefault();
    const words = field.value.trim();
    if (!words || button.disabled) { return; }
    button.disabled = true;
    try {
      const to = await place();
      const content = ReattuneLetter.written("note", { words: words });
      if (!to || !to.key || ReattuneLetter.excess(content) > 0) { said_of(to && to.key ? form.dataset.long : form.dataset.failed); return; }
      const letter = await ReattuneLetter.seal(to.key, content);
      // Where the browser keeps nothing (a private window), it can still be sent.
      let key = null, refused = null, offline = false;
      try { key = await outbox.keep(to.address, letter); } catch (error) { key = null; }
      try { refused = await outbox.send(to.address, letter); } catch (error) { offline = true; }
      if (key === null && (offline || refused)) { said_of((refused && refused.sentence) || form.dataset.failed); return; }
      if (refused && refused.sentence) {
        // It was not taken: the words stay in the field, and nothing waits behind the person's back.
        await outbox.drop(key);
        said_of(refused.sentence);
        return;
      }
      field.value = "";
      field.removeAttribute("aria-invalid");
      if (offline || refused) {
        say(form.dataset.waits);
        later();
      } else {
        if (key !== null) { await outbox.drop(key); }
        say(form.dataset.saved);
      }
      form.dispatchEvent(new CustomEvent("noted"));
    } catch (error) {
      said_of(form.dataset.failed);
    } finally {
      button.disabled = false;
    }
  });

  // What waits from before is sent when this page opens, where no other script does it.
  if (!document.querySelector("script[data-undelivered]")) {
    outbox.flush().then(function (done) {
      if (done.sentence) { say(done.sentence, true); } else if (done.sent) { say(form.dataset.arrived); }
      if (done.sentence || done.sent) { form.closest("details").open = true; }
    }).catch(function () { /* the next page tries again */ });
  }

  // The service worker sends what waits as soon as there is a connection, also when no page is open, where browsers can.
  function later() {
    if (!navigator.serviceWorker) { return; }
    navigator.serviceWorker.ready.then(function (worker) {
      if (worker.sync) { worker.sync.register("outbox").catch(function () { /* the next page sends it */ }); }
    });
  }
})();
