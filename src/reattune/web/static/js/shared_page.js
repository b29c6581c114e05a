// What was shared: opened with its key, shown as words, and answered. Used by the page of a web link and, inlined, by
// encrypted pages. Needs js/letter.js before it; to answer, vendor/hpke/hpke.min.js too.
"use strict";

globalThis.ReattuneShared = (function () {
  const SALT = 16, NONCE = 12, STEP = 1024, SHORT = 24;
  const encoder = new TextEncoder(), fromBase64 = ReattuneLetter.fromBase64, toBase64 = ReattuneLetter.toBase64;

  // The same as reattune.vault.page_code: HKDF-SHA256 of a secret that is random already, then AES-256-GCM.
  async function cipher(secret, salt, bound, use) {
    const from = await crypto.subtle.importKey("raw", secret, "HKDF", false, ["deriveKey"]);
    return crypto.subtle.deriveKey(
      { name: "HKDF", hash: "SHA-256", salt: salt, info: bound }, from, { name: "AES-GCM", length: 256 }, false, [use]);
  }

  // The content of what was sealed; throws where the secret is another or the bytes were changed.
  async function open(secret, sealed, purpose) {
    const bound = encoder.encode("reattune " + purpose), salt = sealed.slice(0, SALT);
    const key = await cipher(secret, salt, bound, "decrypt");
    const plain = await crypto.subtle.decrypt(
      { name: "AES-GCM", iv: sealed.slice(SALT, SALT + NONCE), additionalData: bound }, key, sealed.slice(SALT + NONCE));
    return JSON.parse(new TextDecoder().decode(plain));
  }

  // A content sealed under a secret; padded with spaces, so that lengths show in steps.
  async function seal(secret, content, purpose) {
    const bound = encoder.encode("reattune " + purpose), plain = encoder.encode(JSON.stringify(content));
    const padded = new Uint8Array(Math.ceil(plain.length / STEP) * STEP).fill(32);
    padded.set(plain);
    const salt = crypto.getRandomValues(new Uint8Array(SALT)), nonce = crypto.getRandomValues(new Uint8Array(NONCE));
    const key = await cipher(secret, salt, bound, "encrypt");
    const text = new Uint8Array(await crypto.subtle.encrypt(
      { name: "AES-GCM", iv: nonce, additionalData: bound }, key, padded));
    const sealed = new Uint8Array(SALT + NONCE + text.length);
    sealed.set(salt);
    sealed.set(nonce, SALT);
    sealed.set(text, SALT + NONCE);
    return sealed;
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

  // Shows a content in the page's article. `deliver(letter, answer)` sends an answer on its way, or makes a file of it;
  // it returns what to say then, and throws a sentence where it could not. What is only a file stays in its field.
  function show(content, deliver) {
    document.getElementById("heading").textContent = content.heading;
    const lines = document.getElementById("lines");
    content.lines.forEach(function (line) {
      const part = document.createElement("section");
      if (line.label && line.words.length <= SHORT && line.label.length <= SHORT) { part.className = "short"; }
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
    document.getElementById("print").addEventListener("click", function () { window.print(); });
    const closed = document.getElementById("closed"), article = document.getElementById("opened");
    closed.remove();
    article.hidden = false;
    article.focus();
    if (content.answer) { answering(content.answer, deliver); }
  }

  function answering(answer, deliver) {
    const form = document.getElementById("answer"), said = document.getElementById("answer-said");
    const button = form.querySelector("button"), words = form.elements.words, data = form.dataset;
    form.hidden = false;
    function say(sentence, wrong) {
      said.textContent = sentence;
      said.className = wrong ? "error" : "note notice";
      said.hidden = !sentence;
    }
    form.addEventListener("submit", async function (event) {
      event.preventDefault();
      const typed = words.value.trim();
      if (!typed) { say(data.empty, true); words.focus(); return; }
      const letter = ReattuneLetter.written(
        "answer", { share_id: answer.share, words: typed, name: form.elements.signed.value.trim().slice(0, 200) });
      const excess = ReattuneLetter.excess(letter);
      if (excess > 0) { say(data.long.replace("%s", excess), true); words.focus(); return; }
      button.disabled = true;
      try {
        say(await deliver(await ReattuneLetter.seal(answer.key, letter), answer), false);
        if (!document.getElementById("answer-file")) { words.value = ""; }
      } catch (problem) {
        // What was typed stays where it is.
        say(typeof problem === "string" ? problem : data.failed, true);
      }
      button.disabled = false;
    });
  }

  return { fromBase64: fromBase64, open: open, seal: seal, show: show, toBase64: toBase64 };
})();
