// Hosted: the service worker, the address that notes are sealed to, and what waits for a connection.
"use strict";

(function () {
  const outbox = globalThis.ReattuneOutbox, words = document.currentScript.dataset;
  if (!outbox || !globalThis.indexedDB) { return; }
  // With a journal open: the worker, and where its notes go. Whoever only looks in leaves nothing in this browser.
  const known = document.querySelector("meta[name=notes-to]");
  if (known) {
    const told = "several" in known.dataset ? outbox.severalHere() : outbox.remember(known.dataset.to, known.content);
    told.catch(function () { /* no room in this browser */ });
    if (navigator.serviceWorker) { navigator.serviceWorker.register("/worker.js").catch(function () { /* works without */ }); }
  } else if (navigator.onLine) {
    forgetIfGone().catch(function () { /* no connection, or nothing is kept here */ });
  }

  // A journal that was erased, or wants no notes any more: this browser forgets it. What was sealed is sent first.
  async function forgetIfGone() {
    const place = await outbox.last();
    if (!place || !place.key) { return; }
    const answer = await fetch("/to/" + place.address + "/", { credentials: "omit" });
    if (answer.status !== 404) { return; }
    await outbox.flush();
    await outbox.forget();
    const workers = await navigator.serviceWorker.getRegistrations();
    await Promise.all(workers.map(function (worker) { return worker.unregister(); }));
    for (const name of await caches.keys()) { await caches.delete(name); }
  }

  const form = document.querySelector("form[data-note]"), shown = document.querySelector("[data-waiting]");

  async function tell() {
    const count = (await outbox.waiting()).length;
    if (shown) {
      shown.hidden = !count;
      shown.textContent = count === 1 ? shown.dataset.one : shown.dataset.many + " " + count;
    }
  }

  // What came of it, where the person is: beside the field, or above whatever page this is.
  function say(words, hurt) {
    let place = form && !form.closest("details") && form.querySelector("[data-said]");
    if (!place) {
      place = document.createElement("p");
      place.className = "note";
      place.setAttribute("role", "status");
      (document.querySelector("main > .stack") || document.getElementById("main")).prepend(place);
    }
    place.textContent = words;
    place.hidden = false;
    place.classList.toggle("hurt", hurt);
    place.classList.toggle("notice", !hurt);
  }

  async function sendWhatWaits() {
    if ((await outbox.waiting()).length) {
      report(await outbox.flush());
    }
    await tell();
  }

  function report(done) {
    if (done.sentence) { say(words.undelivered + " " + done.sentence, true); } else if (done.sent) { say(words.sent, false); }
  }

  if (navigator.serviceWorker) {
    navigator.serviceWorker.addEventListener("message", function (event) { report(event.data); tell(); });
  }

  // On the offline page there is a field once it is known where a note goes.
  if (form && form.hidden) {
    outbox.last().then(function (place) {
      form.hidden = !(place && place.key);
      document.querySelector("p[data-several]").hidden = !(place && place.several);
    }).catch(function () { /* stays hidden */ });
  }
  if (form) { form.addEventListener("noted", tell); }
  window.addEventListener("online", sendWhatWaits);
  sendWhatWaits().catch(function () { /* the next page tries again */ });
})();
