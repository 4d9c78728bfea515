// Shows whose turn it is without anybody touching the screen: reads this page again every five seconds, while it is seen,
// and puts the new numbers in the place of the old. Without a script the page reloads itself.
"use strict";

const SECONDS = 5;
const turn = document.querySelector("[data-turn]");
const away = document.querySelector("[data-away]");

async function look() {
  try {
    const answer = await fetch(location.href, { cache: "no-store" });
    const read = answer.ok && new DOMParser().parseFromString(await answer.text(), "text/html");
    const now = read && read.querySelector("[data-turn]");
    away.hidden = Boolean(now);
    // What has not changed is not said again by a screen reader.
    if (now && now.textContent !== turn.textContent) turn.replaceChildren(...now.childNodes);
  } catch {
    away.hidden = false;
  }
}

setInterval(() => {
  if (!document.hidden) look();
}, SECONDS * 1000);
