// Quick exit, locking, and locking by itself: what closes the journal on this screen, and in every other tab.
"use strict";

(function () {
  const leave = document.getElementById("leave");
  const lock = document.getElementById("lock");
  const unsaved = lock && "words" in lock.dataset; // words that could not be saved stand on this page, and nowhere else
  const about = document.body.dataset;
  const own = location.protocol === "https:" ? "__Host-" : "";
  let gone = false;

  // Locking and leaving take along what is being typed, so that it can be kept as a sealed draft.
  const LONGEST = 60000; // a request that outlives its page carries no more than 64 KiB
  document.addEventListener("input", function (event) { if (event.target.form) { event.target.form.dataset.touched = ""; } });
  function touched(form) {
    return "touched" in form.dataset || Array.from(form.querySelectorAll("textarea, input")).some(function (field) {
      const ticked = field.type === "checkbox" || field.type === "radio";
      return ticked ? field.checked !== field.defaultChecked : field.value !== field.defaultValue;
    });
  }
  function typing() {
    const form = unsaved ? lock : document.querySelector("form[hx-post]");
    return form && (unsaved || touched(form)) ? form : null; // what nobody touched here may be older than what was kept
  }
  function takeAlong(body) {
    const form = typing();
    if (form) {
      new FormData(form).forEach(function (value, name) {
        if (name !== "csrfmiddlewaretoken") { body.append(name, value); }
      });
    }
    return body;
  }
  function outlives(body) { return body.toString().length < LONGEST; }
  function addTo(form) {
    if (unsaved && form === lock) { return; } // it holds them
    takeAlong(new URLSearchParams()).forEach(function (value, name) {
      const field = document.createElement("input");
      field.type = "hidden";
      field.name = name;
      field.value = value;
      form.append(field);
    });
  }

  // What was left or locked is closed from here on, also where no server answers: the next request tells it.
  function closes(cookie) {
    const secure = own ? "; secure" : "";
    document.cookie = own + cookie + "=1; path=/; samesite=strict" + secure;
    (cookie === "reattune_left" ? ["reattune_open_of", "reattune_first_of"] : ["reattune_open_of"]).forEach(function (each) {
      document.cookie = own + each + "=; max-age=0; path=/; samesite=strict" + secure;
    });
  }
  function tells(form) {
    const short = new URLSearchParams(new FormData(form)), whole = takeAlong(new URLSearchParams(short));
    function send(body) {
      return fetch(form.action, { method: "POST", body: body, redirect: "manual", keepalive: outlives(body), credentials: "same-origin" })
        .then(function (answer) { return answer.type === "opaqueredirect"; }, function () { return false; }); // the cookie tells it later
    }
    // What is too long to outlive this page goes along while the page is there; and where it is closed first, without it.
    const sent = send(whole), early = function () { send(short); };
    if (!outlives(whole)) {
      window.addEventListener("pagehide", early);
      sent.then(function () { window.removeEventListener("pagehide", early); });
    }
    return sent;
  }
  // On one's own computer another program may answer at this place by now: the words go to what proves that it is this
  // Reattune. Elsewhere the certificate says who answers, and only a proxy may do so in its place.
  function isReattune(answer) {
    if (!lock.dataset.asks) { return answer.status !== 502 && answer.status !== 504; }
    return answer.ok && answer.text().then(function (said) { return said === lock.dataset.proves; });
  }
  // Locking leads to the page that answers. Where nobody answers, the browser would put a page of its own in the place of
  // this one and its words: those stay here, unseen, and go along once somebody does.
  let waits = 0, answers = false;
  function askToLock() {
    const asks = lock.dataset.asks || leave.dataset.to;
    const asked = fetch(asks, { cache: "no-store", credentials: "same-origin", redirect: "manual" })
      .then(isReattune).catch(function () { return false; });
    Promise.race([asked, new Promise(function (done) { setTimeout(done, 3000, false); })]).then(function (there) {
      if (waits < 0) { return; } // a quick exit
      answers = there;
      if (there) { lock.requestSubmit(); } else { waitForAnswer(); }
    });
  }
  function waitForAnswer() {
    if (!waits) {
      addTo(lock);
      const words = document.querySelector("main"), note = document.createElement("p");
      if (words) { words.remove(); }
      Array.from(document.body.children).forEach(function (each) { each.style.display = "none"; });
      note.className = "note notice";
      note.setAttribute("role", "status");
      note.textContent = lock.dataset.unreached;
      document.body.append(note);
      document.documentElement.hidden = false;
      window.addEventListener("beforeunload", function (event) { if (!answers && waits > 0) { event.preventDefault(); } });
    }
    waits = setTimeout(askToLock, 5000);
  }

  // Other tabs of this browser hear of it at once. One that slept meanwhile finds out by the cookie that it was made with.
  const others = window.BroadcastChannel ? new BroadcastChannel("notes") : null;
  function say(what) { if (others) { others.postMessage(what); } }
  function closeTo(address) {
    if (gone) { return; }
    gone = true;
    document.documentElement.hidden = true;
    window.location.replace(address);
  }
  if (others) {
    others.addEventListener("message", function (event) {
      if (event.data === "left" && leave && !gone) { window.stop(); showMeasures(); }
      if (event.data === "closed" && "idle" in about && !gone) { closeWithWords("/unlock/"); }
      if (event.data === "used" && "idle" in about && !lockedIfIdle()) { seen = Date.now(); }
    });
  }
  // What is still being typed here goes along, sealed on the way back, and is there again after unlocking.
  function closeWithWords(address) {
    if (!lock || !typing()) { closeTo(address); return; }
    document.documentElement.hidden = true;
    lock.requestSubmit();
  }
  // Where another journal is open, nothing of this one's can lock: the form goes where it was going, and the page that
  // answers holds its words, sealed for the journal that they belong to.
  function closeBesideAnother() {
    const form = typing(), to = form && form.elements.namedItem("draft_of");
    if (!to || !to.value) { closeTo("/"); return; }
    gone = true;
    document.documentElement.hidden = true;
    form.action = to.value;
    HTMLFormElement.prototype.submit.call(form);
  }
  function closedMeanwhile() {
    if (gone) { return; }
    const open = document.cookie.split("; "), mine = own + about.mark;
    if (!about.mark || open.includes(mine)) { return; }
    // Another journal may be open here now: this page is none of its pages.
    const another = open.some(function (each) { return each.split("=")[0] === mine.split("=")[0]; });
    if (another) { closeBesideAnother(); } else { closeWithWords(location.pathname + location.search); }
  }
  // This device is in other hands now, with this page alone.
  if ("handed" in about) { say("closed"); }
  document.querySelectorAll("[data-closes]").forEach(function (sentence) { sentence.hidden = false; });

  // Quick exit: Escape, or the button. Other words take the place of this page and of its address at once, and no
  // answer is waited for; the way back does not lead here.
  function leaveNow() {
    say("left");
    closes("reattune_left");
    window.stop(); // what is on its way would come in the place of the measures: the journal, if it is being unlocked
    tells(leave);
    showMeasures();
  }
  function showMeasures() {
    gone = true;
    clearTimeout(waits);
    waits = -1;
    sessionStorage.clear();
    const measures = document.getElementById("measures");
    document.querySelectorAll("link[rel=stylesheet], link[rel=manifest], meta[name=notes-to]").forEach(function (each) { each.remove(); });
    document.title = measures.dataset.title;
    document.body.className = "";
    const main = document.createElement("main");
    main.className = "stack";
    main.append(measures.content);
    document.body.replaceChildren(main);
    history.replaceState(null, "", leave.dataset.to);
    window.scrollTo(0, 0);
  }
  // The way back, after a quick exit: nothing is shown of what anybody may open either.
  if (leave && "left" in about && performance.getEntriesByType("navigation").some(function (each) { return each.type === "back_forward"; })) {
    closes("reattune_left");
    showMeasures();
  }
  if (leave) {
    leave.addEventListener("submit", function (event) { event.preventDefault(); leaveNow(); });
    document.addEventListener("keydown", function (event) {
      if (event.key === "Escape" && !event.isComposing) { event.preventDefault(); leaveNow(); }
    });
  }

  if (lock) {
    lock.addEventListener("submit", function (event) {
      gone = true;
      document.documentElement.hidden = true;
      closes("reattune_locked"); // also where no server hears of it
      say("closed");
      if (typing() && !answers) {
        event.preventDefault();
        askToLock();
        return;
      }
      addTo(lock);
    });
  }

  // Saying of some words that they were not meant so leaves the page, and takes along what is being typed too.
  document.addEventListener("submit", function (event) {
    const form = event.target.closest("form[data-take-along]");
    if (form) { addTo(form); }
  });

  // Idle: lock. Whoever wakes a device that slept is no sign of the person: the time is looked at first. What has no
  // passphrase cannot be locked: it is erased by then, and the first page says nothing of it. What was handed over is
  // locked already, and closes.
  const idle = Number(about.idle || about.tried || 60 * (about.handed || 0)) * 1000;
  let seen = Date.now(), said = 0, asked = seen;
  function lockedIfIdle() {
    const now = Date.now();
    if (now < seen) { seen = said = asked = now; } // the clock was set back
    if (!idle || now - seen <= idle) { return false; }
    if (!gone && "handed" in about) {
      const given = document.querySelectorAll("main textarea, main input:checked, main input[type=number]");
      closeTo(Array.from(given).some(function (field) { return field.value; }) ? "/unlock/?unsaved" : "/unlock/");
    } else if (!gone && "tried" in about) {
      closeTo("/");
    } else if (!gone) {
      closes("reattune_locked");
      if (lock) {
        document.documentElement.hidden = true;
        lock.requestSubmit();
      } else {
        closeTo("/");
      }
    }
    return true;
  }
  // Whoever goes on with a page asks for no other: the journal may have been locked from another browser meanwhile.
  function askWhetherOpen() {
    const mark = (about.mark || "").split(own + "reattune_open_of=")[1];
    if (!mark) { return; }
    fetch("/open/?of=" + mark, { cache: "no-store", credentials: "same-origin", redirect: "manual" })
      .then(function (answer) { if (answer.status === 200 && !gone) { closeWithWords(location.pathname + location.search); } })
      .catch(function () { /* no server answers: the clock goes on */ });
  }
  function looked() { if (!lockedIfIdle()) { closedMeanwhile(); } }
  if (idle) {
    ["keydown", "pointerdown", "scroll"].forEach(function (kind) {
      document.addEventListener(kind, function (event) {
        if (lockedIfIdle()) {
          if (event.cancelable) { event.preventDefault(); }
          return;
        }
        seen = Date.now();
        if ("idle" in about && seen - said > 5000) { said = seen; say("used"); }
        if (seen - asked > 60000) { asked = seen; askWhetherOpen(); }
      }, true);
    });
    document.addEventListener("visibilitychange", looked);
    window.addEventListener("focus", looked);
    window.addEventListener("pageshow", looked);
    setInterval(looked, 5000);
  }

  // Out of sight: lock, where that was chosen. Going on to another page is not out of sight, nor is choosing a file. A
  // page with words that could not be saved can't ask whether it was: the page before it in this tab knew.
  if ("idle" in about && !unsaved) { sessionStorage.setItem("hide", "hide" in about ? "1" : ""); }
  // One that shows nothing of the journal (help, the example) stays, and the journal is locked behind it.
  const bare = !("idle" in about) && document.cookie.split("; ").some(function (each) { return each.startsWith(own + "reattune_open_of="); });
  if (unsaved || bare ? sessionStorage.getItem("hide") : "hide" in about) {
    let going = false, choosing = false;
    function lockIfHidden() {
      if (document.visibilityState !== "hidden" || gone || going || choosing) { return; }
      if (bare) { closes("reattune_locked"); say("closed"); return; }
      document.documentElement.hidden = true;
      closes("reattune_locked");
      // These words are on the page that answers, sealed.
      if (unsaved || (lock && !outlives(takeAlong(new URLSearchParams())))) { lock.requestSubmit(); return; }
      gone = true;
      say("closed");
      Promise.race([lock ? tells(lock) : Promise.resolve(), new Promise(function (done) { setTimeout(done, 1500); })])
        .then(function (there) {
          if (there === false && typing()) { waitForAnswer(); } else { window.location.replace("/unlock/"); }
        });
    }
    window.addEventListener("pagehide", function () { going = true; });
    window.addEventListener("focus", function () { choosing = false; });
    document.addEventListener("click", function (event) {
      if (event.target.closest("a[href], button")) {
        going = true;
        setTimeout(function () { going = false; lockIfHidden(); }, 3000); // by then it has gone, or stays
      }
      choosing = Boolean(event.target.closest("input[type=file]"));
    }, true);
    document.addEventListener("visibilitychange", lockIfHidden);
    // What was on its way when one switched to something else arrives unseen, and nothing says so any more. A tab that was
    // opened beside this one, to be looked at later, has no page before it.
    if (history.length > 1) { setTimeout(lockIfHidden, 3000); }
  }
})();
