// The page of a web link: what was shared is fetched encrypted, and opened with the key behind the # of its address,
// which no browser ever sends.
"use strict";

(function () {
  const page = document.querySelector("[data-link]");
  const status = document.getElementById("status");
  const key = location.hash.slice(1);

  function nothing() { status.textContent = page.dataset.nothing; }

  async function deliver(letter, answer) {
    let said;
    try {
      said = await fetch("/to/" + answer.address + "/", {
        method: "POST", body: letter, headers: { "Content-Type": "application/octet-stream" }, credentials: "omit" });
    } catch (error) {
      throw page.dataset.offline;
    }
    const told = await said.json().catch(function () { return {}; });
    if (!told.accepted) { throw told.sentence || page.dataset.failed; }
    return document.getElementById("answer").dataset.done;
  }

  async function read() {
    if (!/^[A-Za-z0-9_-]{43}$/.test(key)) { nothing(); return; }
    if (!window.crypto || !crypto.subtle) { status.textContent = page.dataset.old; return; }
    let there;
    try {
      there = await fetch(page.dataset.link, { method: "POST", credentials: "omit" });
    } catch (error) {
      status.textContent = page.dataset.offline;
      return;
    }
    try {
      const sealed = ReattuneShared.fromBase64((await there.json()).sealed);
      ReattuneShared.show(await ReattuneShared.open(ReattuneShared.fromBase64(key), sealed, page.dataset.purpose), deliver);
    } catch (error) {
      nothing();
    }
  }
  read();
})();
