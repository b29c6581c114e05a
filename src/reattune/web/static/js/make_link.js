// Makes a web link: what is shared is encrypted in this browser, under a key that stays in it. The server gets and keeps
// what it cannot read; the key stands behind the # of the address, which is shown here once.
"use strict";

(function () {
  const form = document.querySelector("form[data-content]");
  if (!form || !window.crypto || !crypto.subtle) { return; }
  const said = document.getElementById("link-said"), button = form.querySelector("button");
  form.hidden = false;

  function say(words) { said.textContent = words; said.hidden = !words; }

  form.addEventListener("submit", async function (event) {
    event.preventDefault();
    button.disabled = true;
    say("");
    const secret = crypto.getRandomValues(new Uint8Array(32));
    const sealed = await ReattuneShared.seal(secret, JSON.parse(form.dataset.content), form.dataset.purpose);
    const body = new URLSearchParams(new FormData(form));
    // The page stays: whoever sits down here next is not to find the passphrase in it.
    form.querySelectorAll("input[type=password]").forEach(function (field) { field.value = ""; });
    body.set("way", "link");
    body.set("sealed", ReattuneShared.toBase64(sealed));
    let told = {};
    try {
      const answer = await fetch(location.pathname, { method: "POST", body: body, credentials: "same-origin", redirect: "manual" });
      told = await answer.json();
    } catch (error) { /* said below */ }
    button.disabled = false;
    if (!told.address) { say(told.sentence || form.dataset.failed); return; }
    const key = ReattuneShared.toBase64(secret).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
    const made = document.getElementById("link-made"), address = document.getElementById("link-address");
    address.value = location.origin + told.address + "#" + key;
    document.getElementById("link-record").href = told.record;
    form.remove();
    made.hidden = false;
    address.focus();
    address.select();
  });
})();
