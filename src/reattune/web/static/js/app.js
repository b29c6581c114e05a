// Everything works without this file; it only makes things smoother.
"use strict";

(function () {
  const LONGEST = 60000; // a request that outlives its page carries no more than 64 KiB
  const SILENT = 8000; // a line that is dead refuses nothing, and a server that hangs doesn't either

  // A page that answers a form: the browser is to forget what was sent, which it would keep in clear on its disk.
  if ("sent" in document.body.dataset) {
    const held = document.querySelector("input[name=held]");
    history.replaceState(null, "", held ? held.form.action : location.href);
  }

  // A passphrase that was sent stands on the page no more: what came back may be a file, and the page stays.
  document.addEventListener("submit", function (event) {
    setTimeout(function () {
      if (event.defaultPrevented) { return; }
      event.target.querySelectorAll("input[type=password]").forEach(function (field) { field.value = ""; });
    }, 0);
  });

  // A passphrase or a code that was begun and left to lie stands in its field no more: whoever sits down there could read
  // it, and guess the rest. A code is copied from elsewhere, so that looking there takes away passphrases alone.
  const LEFT_LYING = 5 * 60 * 1000;
  const passphrases = "input[type=password]", secrets = passphrases + ", input[data-secret]";
  let typed = 0;
  function empty(which) { document.querySelectorAll(which).forEach(function (field) { field.value = ""; }); }
  function emptyIfLeft() {
    typed = Math.min(typed, Date.now()); // the clock may have been set back
    if (!typed || Date.now() - typed < LEFT_LYING) { return; }
    typed = 0;
    empty(secrets);
  }
  if (document.querySelector(secrets)) {
    // Before anything else is typed behind it.
    document.addEventListener("keydown", emptyIfLeft, true);
    document.addEventListener("input", function (event) { if (event.target.matches(secrets)) { typed = Date.now(); } }, true);
    document.addEventListener("visibilitychange", function () {
      if (document.visibilityState === "hidden" && typed) { empty(passphrases); }
      emptyIfLeft();
    });
    window.addEventListener("focus", emptyIfLeft);
    setInterval(emptyIfLeft, 5000);
  }

  // A page kept by the browser for the way back is never shown as it was.
  window.addEventListener("pageshow", function (event) { if (event.persisted) { window.location.reload(); } });

  // Whether the server itself answered, and not nobody, nor a proxy in its place.
  function answered(status) { return Boolean(status) && status !== 502 && status !== 504; }
  function within(asked, time) { return Promise.race([asked, new Promise(function (done) { setTimeout(done, time, true); })]); }

  // Where it is not being kept, that is said; and no more once it is.
  function say(form) {
    const before = form.querySelector("[data-said]"), said = document.createElement("p");
    if (before) { before.remove(); }
    said.className = "note hurt";
    said.setAttribute("role", "alert");
    said.dataset.said = "";
    said.textContent = form.dataset.notKept;
    form.prepend(said);
    return said;
  }

  // What is being typed is kept two seconds after the first keystroke that is not kept yet, however fast one types;
  // and when the page is left by a link, by the way back or by closing it.
  document.querySelectorAll("form[data-keep]").forEach(function (form) {
    let waiting = 0, unkept = false, sent = false, asking = false, goes = false, unanswered = false, silent = 0;
    form.addEventListener("input", function () {
      unkept = true;
      if (waiting) { return; }
      waiting = setTimeout(function () {
        waiting = 0;
        unkept = false;
        form.dispatchEvent(new Event("keep"));
      }, 2000);
    });
    // Who refuses it, or has locked the journal, answers and keeps nothing.
    function heard(status, kept) {
      unanswered = !answered(status);
      unkept = unkept || !kept;
      return kept;
    }
    // What is slow goes on, and takes the sentence away once it is kept.
    form.addEventListener("htmx:beforeSend", function () {
      clearTimeout(silent);
      silent = setTimeout(function () { if (!form.querySelector("[data-said]")) { say(form); } }, SILENT);
    });
    form.addEventListener("htmx:afterRequest", function (event) {
      clearTimeout(silent);
      const answer = event.detail.xhr, said = form.querySelector("[data-said]");
      const kept = event.detail.successful && answer.responseURL.endsWith(form.getAttribute("hx-post"));
      heard(answer.status, kept);
      if (kept && said) { said.remove(); }
      if (!kept && !said) { say(form); }
    });
    // Another form on the page takes one away from what is being typed: that is kept first, then the other is sent.
    document.addEventListener("submit", function (event) {
      const other = event.target;
      // What is on its way to be kept arrives before what is sent, and never after it. And where nobody answered, nothing
      // is sent before somebody does: the browser would put a page of its own in the place of this one and its words.
      if (other === form && !goes && (asking || unanswered || form.classList.contains("htmx-request"))) {
        event.preventDefault();
        event.stopImmediatePropagation();
        if (asking) { return; }
        asking = true;
        const heardOf = form.classList.contains("htmx-request") ? new Promise(function (done) {
          form.addEventListener("htmx:afterRequest", done, { once: true });
        }) : keepNow();
        within(heardOf.then(function () { return !unanswered; }), 3000).then(function (there) {
          asking = false;
          if (!there) { say(form).scrollIntoView(); return; }
          goes = true;
          form.requestSubmit(event.submitter);
          goes = false;
        });
        return;
      }
      if (other === form || other.dataset.takeAlong !== undefined || other.id === "lock" || other.id === "leave" || !unkept) {
        sent = other === form;
        if (sent) { clearTimeout(waiting); waiting = 0; unkept = false; }
        setTimeout(function () { sent = false; }, 3000);
        return;
      }
      event.preventDefault();
      event.stopImmediatePropagation();
      keptOrSaid(function () { other.requestSubmit(event.submitter); });
    }, true);
    function keepNow(leaving) {
      const body = new URLSearchParams(new FormData(form)), short = body.toString().length <= LONGEST;
      if (!unkept || sent || (leaving && !short)) { return Promise.resolve(true); }
      unkept = false;
      clearTimeout(waiting);
      waiting = 0;
      // As htmx asks: where the journal is locked, that leads elsewhere. It isn't gone there: that page would lock what
      // another tab has open by now.
      const how = { method: "POST", body: body, keepalive: short, credentials: "same-origin", redirect: "manual", headers: { "HX-Request": "true" } };
      return fetch(form.getAttribute("hx-post"), how)
        .then(function (answer) { return heard(answer.type === "opaqueredirect" ? 302 : answer.status, answer.ok); }, function () { return heard(0, false); });
    }
    // Who was told that it is not kept, and goes on, may.
    function keptOrSaid(goOn) {
      within(keepNow(), 1500).then(function (there) {
        if (!there && !form.querySelector("[data-said]")) { say(form).scrollIntoView(); return; }
        if (!there) { unkept = false; }
        goOn();
      });
    }
    document.addEventListener("click", function (event) {
      const link = event.target.closest("a[href]");
      if (!link || !unkept || event.defaultPrevented || event.button || event.metaKey || event.ctrlKey || event.shiftKey || link.target || link.hasAttribute("download") || link.getAttribute("href").startsWith("#")) { return; }
      if (link.host !== location.host) { return; } // a call: the page stays
      event.preventDefault();
      keptOrSaid(function () { window.location.assign(link.href); });
    });
    window.addEventListener("pagehide", keepNow);
  });

  // "Someone else" opens the place for their name.
  document.querySelectorAll("select[name=who]").forEach(function (who) {
    who.addEventListener("change", function () {
      const name = who.form.querySelector("input[name=name]");
      const folded = name && name.closest("details");
      if (folded && who.value === "new") { folded.open = true; name.focus(); }
    });
  });

  // The clock of a rehearsal.
  const clock = document.querySelector("[data-clock]");
  if (clock) {
    const shown = document.getElementById(clock.dataset.clock);
    let since = 0, running = 0;
    clock.hidden = false;
    clock.addEventListener("click", function () {
      if (running) {
        clearInterval(running);
        running = 0;
        clock.textContent = clock.dataset.again;
        return;
      }
      since = Date.now();
      shown.textContent = "0:00";
      clock.textContent = clock.dataset.stop;
      running = setInterval(function () {
        const seconds = Math.floor((Date.now() - since) / 1000);
        shown.textContent = Math.floor(seconds / 60) + ":" + String(seconds % 60).padStart(2, "0");
      }, 250);
    });
  }

  // The clock of an answer that is practised runs from the moment its page is there, and only shows the time.
  const countdown = document.querySelector("[data-countdown]");
  if (countdown) {
    const until = Date.now() + Number(countdown.dataset.countdown) * 1000;
    const ticking = setInterval(function () {
      const left = Math.max(0, Math.ceil((until - Date.now()) / 1000));
      countdown.textContent = left ? Math.floor(left / 60) + ":" + String(left % 60).padStart(2, "0") : countdown.dataset.over;
      if (!left) { clearInterval(ticking); countdown.setAttribute("role", "status"); }
    }, 250);
  }

  // "/" puts the cursor into the search, where there is one; while something is being typed it is a letter like others.
  const search = document.querySelector("input[type=search]");
  if (search) {
    document.addEventListener("keydown", function (event) {
      if (event.key !== "/" || event.isComposing || event.ctrlKey || event.metaKey || event.altKey) { return; }
      if (event.target.closest("input, textarea, select, [contenteditable]")) { return; }
      event.preventDefault();
      search.focus();
      search.select();
    });
  }

  // What was found has an address that tells nothing: coming back to it asks for it there, and sends nothing again.
  const found = document.querySelector("#found[data-address]");
  if (found) { history.replaceState(null, "", found.dataset.address); }

  // An opening goes behind what is written, without a way to the server and back.
  document.querySelectorAll("[data-opening]").forEach(function (button) {
    button.addEventListener("click", function (event) {
      const part = button.closest("[data-part-of]");
      const field = (part || document).querySelector(part ? "textarea" : "textarea[name=words], textarea[name=sentence]");
      if (!field) { return; }
      event.preventDefault();
      // Before words that stood there already, and behind new ones.
      const before = field.value.trim();
      const untouched = field.value === field.defaultValue;
      field.value = !before || untouched ? button.dataset.opening + " " + before : before + "\n" + button.dataset.opening + " ";
      field.focus();
      const cursor = untouched && before ? button.dataset.opening.length + 1 : field.value.length;
      field.setSelectionRange(cursor, cursor);
      field.dispatchEvent(new Event("input", { bubbles: true }));
    });
  });

  // The card as it will look follows the typing.
  document.querySelectorAll("[data-preview]").forEach(function (card) {
    const form = document.getElementById(card.dataset.preview);
    function follow() {
      const typed = new FormData(form);
      let empty = true;
      card.querySelectorAll("[data-part]").forEach(function (part) {
        part.textContent = String(typed.get(part.dataset.part) || "").trim();
        part.hidden = !part.textContent || (part.dataset.if && !typed.get(part.dataset.if));
        empty = empty && part.hidden;
      });
      card.querySelectorAll("[data-ticked]").forEach(function (line) { line.hidden = !typed.get(line.dataset.ticked); });
      card.querySelectorAll("[data-frame]").forEach(function (line) { line.hidden = empty || typed.get("delivery") !== line.dataset.frame; });
      card.querySelector("[data-empty]").hidden = !empty;
    }
    form.addEventListener("input", follow);
    follow();
  });

  // Words to be said to somebody that speak of them: a hint, and no more.
  document.querySelectorAll("[data-about-them]").forEach(function (hint) {
    const field = hint.closest("[data-part-of]").querySelector("textarea");
    const them = new RegExp("(?<![\\p{L}\\p{N}_])(" + hint.dataset.aboutThem + ")(?![\\p{L}\\p{N}_])", "iu");
    field.addEventListener("input", function () { hint.hidden = !them.test(field.value); });
  });

  // What is chosen inside something folded is named beside its question.
  document.querySelectorAll("[data-chosen]").forEach(function (shown) {
    const form = shown.closest("form");
    form.addEventListener("change", function () {
      const chosen = form.querySelector("input[name=" + shown.dataset.chosen + "]:checked");
      shown.textContent = chosen ? chosen.closest("label").textContent.trim() : "";
    });
  });

  const zone = document.querySelector("[data-zone]");
  if (zone) {
    try { zone.value = Intl.DateTimeFormat().resolvedOptions().timeZone || zone.value; } catch (error) { /* keep the server's */ }
  }

  // Somewhere else than the journal's days are from: asked once for each zone, where its clocks show another time.
  const another = document.querySelector("[data-another-zone]");
  if (another) {
    try {
      const here = Intl.DateTimeFormat().resolvedOptions().timeZone, months = [0, 3, 6, 9];
      const differs = months.some(function (month) {
        const at = new Date(Date.now() + month * 30 * 24 * 3600 * 1000);
        return at.toLocaleString("en", { timeZone: here }) !== at.toLocaleString("en", { timeZone: another.dataset.anotherZone });
      });
      another.querySelector("[name=zone]").value = here;
      another.hidden = !differs || here === another.dataset.left;
    } catch (error) { /* the browser doesn't say */ }
  }

  const copy = document.querySelector("[data-copy]");
  if (copy && navigator.clipboard) {
    copy.hidden = false;
    copy.addEventListener("click", function () {
      navigator.clipboard.writeText(document.getElementById(copy.dataset.copy).value).then(function () {
        copy.textContent = copy.dataset.done;
      });
    });
  }

  const print = document.querySelector("[data-print]");
  if (print) { print.hidden = false; print.addEventListener("click", function () { window.print(); }); }

  // The screen stays awake while the card is being read.
  if (document.querySelector("[data-awake]") && navigator.wakeLock) {
    navigator.wakeLock.request("screen").catch(function () { /* not allowed here */ });
  }
})();
