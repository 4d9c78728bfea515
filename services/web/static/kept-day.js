// Keeps the list of a day on this phone when its tutor wants it, for day-worker.js to show without network. All words stand
// on the page.
"use strict";

const keepDays = async (keeper, offer) => {
  const mine = `day ${keeper} `;
  for (const name of await caches.keys()) {
    if (!name.startsWith(mine)) await caches.delete(name);
  }
  if (!offer) return;

  const { keep: address, date, until, worker, files } = offer.dataset;
  const name = `${mine}${date} ${until}`;
  const said = offer.querySelector("[role=status]");
  const [keeping, erasing] = offer.querySelectorAll("button");
  const [toKeep, toErase] = offer.querySelectorAll("div");

  const show = async (text) => {
    const isKept = await caches.has(name);
    said.textContent = text ?? (isKept ? said.dataset.kept : "");
    toKeep.hidden = isKept;
    toErase.hidden = !isKept;
    return isKept ? erasing : keeping;
  };

  const keep = async () => {
    const list = await fetch(address);
    if (!list.ok || list.redirected) throw new Error("the list is not to be had");
    await navigator.serviceWorker.register(worker, { scope: "/day" });
    await navigator.serviceWorker.ready;
    const kept = await caches.open(name);
    await kept.addAll(files.split(" "));
    await kept.put(address, list);
  };

  keeping.addEventListener("click", async () => {
    try {
      await keep();
      (await show()).focus();
    } catch {
      await caches.delete(name);
      await show(said.dataset.failed);
    }
  });
  erasing.addEventListener("click", async () => {
    await caches.delete(name);
    (await show(said.dataset.erased)).focus();
  });

  const shown = await show();
  offer.hidden = false;
  // Whoever keeps a day reads it as they have seen it last. Without network it stays as it was.
  if (shown === erasing) await keep().catch(() => {});
};

// URL.canParse is as old as Clear-Site-Data in the last browser that learnt it (Safari 17): an older one would not erase
// the list when its tutor signs out.
if (navigator.serviceWorker && URL.canParse) {
  keepDays(document.querySelector("[data-keeper]").dataset.keeper, document.querySelector("[data-keep]"));
}
