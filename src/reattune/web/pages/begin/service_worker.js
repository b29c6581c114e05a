// Keeps static files and two neutral pages, for when there is no connection, and sends what was sealed meanwhile.
// Never keeps a page of a journal, and never words: every page comes from the server, or is one of those two.
"use strict";
importScripts("{{ outbox }}");
const STORE = "notes-{{ version }}", OFFLINE = "{{ offline }}", MEASURES = "{{ measures }}";
const KEPT = [{% for address in kept %}"{{ address }}"{% if not forloop.last %}, {% endif %}{% endfor %}];

self.addEventListener("install", function (event) {
  event.waitUntil(caches.open(STORE)
    .then(function (store) { return store.addAll(KEPT.map(function (address) { return new Request(address, { cache: "reload", credentials: "omit" }); })); })
    .then(function () { return self.skipWaiting(); }));
});

self.addEventListener("activate", function (event) {
  event.waitUntil(caches.keys()
    .then(function (names) { return Promise.all(names.filter(function (name) { return name !== STORE; }).map(function (name) { return caches.delete(name); })); })
    .then(function () { return self.clients.claim(); }));
});

self.addEventListener("fetch", function (event) {
  const request = event.request, address = new URL(request.url);
  if (request.method !== "GET" || address.origin !== self.location.origin) { return; }
  if (request.mode === "navigate") {
    event.respondWith(fetch(request).catch(function () { return caches.match(address.pathname === MEASURES ? MEASURES : OFFLINE); }));
  } else if (KEPT.includes(address.pathname)) {
    event.respondWith(fetch(request).catch(function () { return caches.match(address.pathname).then(function (found) { return found || Response.error(); }); }));
  }
});

// What waits is sent as soon as there is a connection, also when no page is open.
self.addEventListener("sync", function (event) {
  if (event.tag !== "outbox") { return; }
  event.waitUntil(ReattuneOutbox.flush().then(async function (done) {
    for (const page of await self.clients.matchAll()) { page.postMessage(done); }
    if (done.waits && !done.sentence) { throw new Error("still waiting"); } // the browser tries again later
  }));
});
