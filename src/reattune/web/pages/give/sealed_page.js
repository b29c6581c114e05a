// An encrypted page: opened by its code, here, in the reader's browser. Nothing of it goes anywhere.
"use strict";

(function () {
  const page = document.querySelector("main");
  const form = document.getElementById("open");
  const field = document.getElementById("code");
  const button = form.querySelector("button");
  const error = document.getElementById("error");
  const LETTERS = /^[0-9A-HJKMNP-TV-Z]{20}$/;
  const SALT = 16, NONCE = 12, LONGEST_PAUSE = 60;
  let wrong = 0;

  function bytes(base64) {
    return Uint8Array.from(atob(base64), function (letter) { return letter.charCodeAt(0); });
  }

  function typed() {
    return field.value.toUpperCase().replace(/[\s\u2013\u2014-]/g, "").replace(/O/g, "0").replace(/[IL]/g, "1");
  }

  function say(words) { error.textContent = words; error.hidden = !words; }

  async function opened(code) {
    const sealed = bytes(page.dataset.sealed), bound = new TextEncoder().encode("reattune " + page.dataset.purpose);
    const secret = await crypto.subtle.importKey("raw", new TextEncoder().encode(code), "HKDF", false, ["deriveKey"]);
    const key = await crypto.subtle.deriveKey(
      { name: "HKDF", hash: "SHA-256", salt: sealed.slice(0, SALT), info: bound },
      secret, { name: "AES-GCM", length: 256 }, false, ["decrypt"]);
    const plain = await crypto.subtle.decrypt(
      { name: "AES-GCM", iv: sealed.slice(SALT, SALT + NONCE), additionalData: bound }, key, sealed.slice(SALT + NONCE));
    return JSON.parse(new TextDecoder().decode(plain));
  }

  // Words are only ever text: no markup of whoever wrote them is read as markup here.
  function paragraphs(words, into) {
    words.split(/\n+/).forEach(function (line) {
      if (!line.trim()) { return; }
      const paragraph = document.createElement("p");
      paragraph.dir = "auto";
      paragraph.textContent = line;
      into.append(paragraph);
    });
  }

  function show(content) {
    document.getElementById("closed").remove();
    document.getElementById("heading").textContent = content.heading;
    const lines = document.getElementById("lines");
    content.lines.forEach(function (line) {
      const part = document.createElement("section");
      if (line.label) {
        const label = document.createElement("p");
        label.className = "quiet";
        label.textContent = line.label;
        part.append(label);
      }
      paragraphs(line.words, part);
      lines.append(part);
    });
    document.getElementById("made").textContent = content.made;
    const article = document.getElementById("opened");
    article.hidden = false;
    article.focus();
  }

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

  form.addEventListener("submit", function (event) {
    event.preventDefault();
    if (button.disabled) { return; }
    const code = typed();
    if (!LETTERS.test(code)) { say(page.dataset.shape); field.focus(); return; }
    if (!window.crypto || !crypto.subtle) { say(page.dataset.old); return; }
    button.disabled = true;
    opened(code).then(show, slowly);
  });

  document.getElementById("print").addEventListener("click", function () { window.print(); });
})();
