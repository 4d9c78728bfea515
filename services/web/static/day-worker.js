// Gives a tutor the list of a day that they keep on this phone, when there is no network. A kept day is a cache of its own,
// whose name says whose it is, which day, and until when: "day <tutor> <date> <until>" (kept-day.js makes it).
"use strict";

const PATIENCE = 5000; // milliseconds: with little network a list that is kept is worth more than one that may come

const keptDays = async () => {
  const names = (await caches.keys()).filter((name) => name.startsWith("day "));
  const days = names.map((name) => ({ name, date: name.split(" ")[2], until: Date.parse(name.split(" ")[3]) }));
  await Promise.all(days.filter(isOver).map((day) => caches.delete(day.name)));
  return days.filter((day) => !isOver(day)).sort((one, other) => one.until - other.until);
};

const isOver = (day) => day.until <= Date.now();

// The day that is asked for; where none is said, the first one that is not over.
const keptFor = async (request) => {
  const date = new URL(request.url).searchParams.get("date");
  return (await keptDays()).find((day) => !date || day.date === date);
};

const list = async (request) => {
  const day = await keptFor(request);
  const fresh = fetch(request);
  if (!day) return fresh;
  const kept = () => caches.match("/day/kept", { cacheName: day.name, ignoreSearch: true });
  const later = new Promise((give) => setTimeout(give, PATIENCE)).then(kept);
  return Promise.race([fresh.catch(kept), later]);
};

const file = async (request) => (await caches.match(request)) ?? fetch(request);

self.addEventListener("install", () => self.skipWaiting());
self.addEventListener("fetch", (event) => {
  const { method, mode, url } = event.request;
  const { pathname } = new URL(url);
  if (method !== "GET") return;
  if (mode === "navigate" && pathname === "/day") event.respondWith(list(event.request));
  if (pathname.startsWith("/static/")) event.respondWith(file(event.request));
});
