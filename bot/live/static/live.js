// Keeps the page up to date: asks every few seconds whether anything was reported, and then fetches the page anew.
"use strict";
const EVERY = 4000;

async function look() {
  if (document.hidden) return;
  const answer = await fetch("/live/state", { cache: "no-store" });
  if (answer.status === 403) { location.reload(); return; }
  if (!answer.ok || (await answer.text()) === document.body.dataset.state) return;
  const fresh = await fetch(location.href, { cache: "no-store" });
  if (!fresh.ok) return;
  const found = new DOMParser().parseFromString(await fresh.text(), "text/html");
  const typing = document.activeElement && document.activeElement.closest("form");
  const main = document.querySelector("main");
  if (typing) {
    for (const kept of [".entries", ".covers"]) {
      const [old, now] = [main.querySelector(kept), found.querySelector("main " + kept)];
      if (old && now) old.replaceWith(now);
    }
  } else {
    main.replaceWith(found.querySelector("main"));
  }
  document.body.dataset.state = found.body.dataset.state;
}

async function keepLooking() {
  try { await look(); } catch (problem) { console.warn("not reached", problem.message); }
  setTimeout(keepLooking, EVERY);
}
if (document.body.dataset.state) setTimeout(keepLooking, EVERY);
for (const field of document.querySelectorAll(".filters select")) {
  field.addEventListener("change", () => field.form.requestSubmit());
}
