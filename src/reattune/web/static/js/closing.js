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
  function takeAlong(body) {
    const typing = unsaved ? lock : document.querySelector("form[hx-post]");
    if (!typing || (!unsaved && !touched(typing))) { return body; } // what nobody touched here may be older than what was kept
    const both = new URLSearchParams(body);
    new FormData(typing).forEach(function (value, name) {
      if (name !== "csrfmiddlewaretoken") { both.append(name, value); }
    });
    return both.toString().length < LONGEST ? both : body;
  }
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
    const body = takeAlong(new URLSearchParams(new FormData(form)));
    return fetch(form.action, { method: "POST", body: body, redirect: "manual", keepalive: true, credentials: "same-origin" })
      .catch(function () { /* the cookie tells it later */ });
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
    const typing = document.querySelector("form[hx-post]");
    if (!unsaved && (!lock || !typing || !touched(typing))) { closeTo(address); return; }
    document.documentElement.hidden = true;
    lock.requestSubmit();
  }
  function closedMeanwhile() {
    if (gone) { return; }
    const open = document.cookie.split("; "), mine = own + about.mark;
    if (!about.mark || open.includes(mine)) { return; }
    // Another journal may be open here now: this page is none of its pages.
    const another = open.some(function (each) { return each.split("=")[0] === mine.split("=")[0]; });
    if (another) { closeTo("/"); } else { closeWithWords(location.pathname + location.search); }
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
    lock.addEventListener("submit", function () {
      gone = true;
      document.documentElement.hidden = true;
      closes("reattune_locked"); // also where no server hears of it
      addTo(lock);
      say("closed");
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
    if (!idle || Date.now() - seen <= idle) { return false; }
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
      if (unsaved) { lock.requestSubmit(); return; } // its words are on the page that answers, sealed
      gone = true;
      say("closed");
      Promise.race([lock ? tells(lock) : Promise.resolve(), new Promise(function (done) { setTimeout(done, 1500); })])
        .finally(function () { window.location.replace("/unlock/"); });
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
