// What was sealed in this browser and waits for a connection: letters as ciphertext, in IndexedDB, until the server has
// accepted them. Used by pages and by the service worker. Also where the address of the journal that was last open here
// is kept, so that a note can be sealed without a connection.
"use strict";

globalThis.ReattuneOutbox = (function () {
  const NAME = "notes", OUT = "out", PLACE = "place";
  // From these the letter may be accepted later; whatever else is answered will be answered again.
  const LATER = [408, 425, 429, 500, 502, 503, 504, 507];
  // Nobody there at this address: perhaps an older copy of its database serves for now. Asked again each hour, for so long.
  const GONE = 404, ASKED_FOR = 30 * 24 * 3600000, EACH = 3600000;

  function database() {
    return new Promise(function (resolve, reject) {
      const opening = indexedDB.open(NAME, 1);
      opening.onupgradeneeded = function () {
        opening.result.createObjectStore(OUT, { autoIncrement: true });
        opening.result.createObjectStore(PLACE);
      };
      opening.onsuccess = function () { resolve(opening.result); };
      opening.onerror = function () { reject(opening.error); };
    });
  }

  // One transaction; resolves once it lies on the disk.
  async function within(store, mode, act) {
    const open = await database();
    try {
      return await new Promise(function (resolve, reject) {
        const transaction = open.transaction(store, mode, { durability: "strict" });
        const request = act(transaction.objectStore(store));
        transaction.oncomplete = function () { resolve(request && request.result); };
        transaction.onerror = transaction.onabort = function () { reject(transaction.error); };
      });
    } finally { open.close(); }
  }

  function keep(address, letter) {
    return within(OUT, "readwrite", function (store) { return store.add({ address: address, letter: letter }); });
  }

  function put(key, letter) { return within(OUT, "readwrite", function (store) { return store.put(letter, key); }); }

  function drop(key) { return within(OUT, "readwrite", function (store) { return store.delete(key); }); }

  async function waiting() {
    const keys = await within(OUT, "readonly", function (store) { return store.getAllKeys(); });
    const letters = await within(OUT, "readonly", function (store) { return store.getAll(); });
    return keys.map(function (key, place) { return Object.assign({ key: key }, letters[place]); });
  }

  function remember(address, key) {
    return within(PLACE, "readwrite", function (store) { return store.put({ address: address, key: key }, "last"); });
  }

  // More than one journal was open here: nobody knows whose a note would be, so there is no address to seal one to.
  function severalHere() {
    return within(PLACE, "readwrite", function (store) { return store.put({ several: true }, "last"); });
  }

  function last() { return within(PLACE, "readonly", function (store) { return store.get("last"); }); }

  function forget() { return within(PLACE, "readwrite", function (store) { return store.delete("last"); }); }

  // Sends one letter: null when it was accepted, else what the server said; throws where there is no connection.
  async function send(address, letter) {
    const answer = await fetch("/to/" + address + "/", {
      method: "POST", body: letter, credentials: "omit", headers: { "Content-Type": "application/octet-stream" },
    });
    if (answer.status === 202) { return null; }
    let said = {};
    try { said = await answer.json(); } catch (error) { /* an answer of something between */ }
    return { status: answer.status, later: LATER.includes(answer.status) || !said.sentence, sentence: said.sentence || "" };
  }

  // Sends what waits, one after the other, in one place at a time. The same letter sent twice is one letter there.
  // What nobody will ever accept is dropped, at once or, where its journal seems to be gone, after thirty days; said once.
  async function flush() {
    if (navigator.locks) { return navigator.locks.request("outbox", sendAll); }
    return sendAll();
  }

  async function sendAll() {
    const done = { sent: 0, waits: 0, lost: 0, sentence: "" };
    for (const each of await waiting()) {
      if (Math.abs(Date.now() - (each.asked || 0)) < EACH) { done.waits += 1; continue; }
      let refused;
      try { refused = await send(each.address, each.letter); } catch (error) { refused = { later: true, sentence: "" }; }
      if (refused && refused.status === GONE && Date.now() - (each.gone || Date.now()) < ASKED_FOR) {
        refused = { later: true, sentence: each.gone ? "" : refused.sentence };
        await put(each.key, { address: each.address, letter: each.letter, gone: each.gone || Date.now(), asked: Date.now() });
      }
      if (refused && refused.later) { done.waits += 1; } else { await drop(each.key); }
      if (!refused) { done.sent += 1; } else if (!refused.later) { done.lost += 1; }
      if (refused) { done.sentence = refused.sentence || done.sentence; }
    }
    return done;
  }

  return { drop: drop, flush: flush, forget: forget, keep: keep, last: last, remember: remember, send: send, severalHere: severalHere, waiting: waiting };
})();
