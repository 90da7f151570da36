// Makes the page livelier; everything here also works without it, by plain forms.
"use strict";

const log = document.getElementById("log");
const latest = document.getElementById("latest");
const box = document.getElementById("text");
const notice = document.getElementById("notice");
const typing = document.getElementById("typing");
const spoken = document.getElementById("spoken");
const composer = box.form;
const attach = composer.querySelector(".attach");
const calm = matchMedia("(prefers-reduced-motion: reduce)");
const words = document.body.dataset;
const TYPING_AFTER = 250; // Milliseconds: a quick answer needs no indicator.
let sending = false;
let pending = ""; // Id of the message under way.
let polling = null;

// A message's id stays the same while the same form is sent again: the server answers it once.
function newId() {
  const bytes = crypto.getRandomValues(new Uint8Array(18));
  return btoa(String.fromCharCode(...bytes)).replaceAll("+", "-").replaceAll("/", "_");
}

function lastNumber() {
  return Math.max(0, ...[...log.querySelectorAll(".entry")].map((entry) => Number(entry.dataset.number)));
}

function show(text) {
  notice.textContent = text || "";
  notice.hidden = !text;
}

function toLatest() {
  latest.scrollIntoView({ block: "end", behavior: calm.matches ? "auto" : "smooth" });
}

// To the end of what was just said; when it is taller than the window, to its first line, which matters most.
function toAnswer(added) {
  const first = added.find((entry) => entry.classList.contains("faro"));
  if (!first) return toLatest();
  const { scrollMarginTop, scrollMarginBottom } = getComputedStyle(first);
  const room = innerHeight - parseFloat(scrollMarginTop) - parseFloat(scrollMarginBottom);
  if (latest.getBoundingClientRect().bottom - first.getBoundingClientRect().top <= room) return toLatest();
  first.scrollIntoView({ block: "start", behavior: calm.matches ? "auto" : "smooth" });
}

function parsed(html) {
  const template = document.createElement("template");
  template.innerHTML = html;
  return [...template.content.querySelectorAll(".entry")];
}

// Puts new entries in their place; the greeting, shown before anything was kept, is exchanged for its kept twin.
function place(html) {
  const greeting = [...log.querySelectorAll('.entry[data-number="0"]:not(.person)')];
  const added = [];
  for (const entry of parsed(html)) {
    const number = entry.dataset.number;
    if (number !== "0" && log.querySelector(`.entry[data-number="${number}"]`)) continue;
    const twin = number !== "0" && entry.classList.contains("faro") ? greeting.shift() : null;
    if (twin) {
      twin.dataset.number = number;
      twin.querySelectorAll('[name="of"]').forEach((field) => { field.value = number; });
    } else {
      latest.before(entry);
      added.push(entry);
    }
  }
  return added;
}

function waitingBubble(text) {
  const bubble = document.createElement("article");
  bubble.className = "entry person waiting";
  bubble.dataset.number = "0";
  bubble.setAttribute("aria-hidden", "true");
  const inside = document.createElement("div");
  inside.className = "words";
  inside.dir = "auto";
  const span = document.createElement("span");
  span.className = "text";
  span.textContent = text;
  inside.append(span);
  bubble.append(inside);
  latest.before(bubble);
  return bubble;
}

function bodyOf(form, button) {
  const body = new FormData(form);
  if (button && button.name) body.append(button.name, button.value);
  body.set("after", String(lastNumber()));
  return body;
}

async function post(form, body) {
  const answer = await fetch(form.getAttribute("action"), {
    method: "POST",
    body,
    headers: { Accept: "application/json" },
    signal: AbortSignal.timeout(120000),
  });
  return [answer.ok, await answer.json()];
}

async function send(form, button) {
  if (sending) return;
  const isComposer = form === composer;
  const text = isComposer ? box.value : button.textContent;
  const body = bodyOf(form, button);
  sending = true;
  pending = body.get("id");
  show("");
  const bubble = text.trim() ? waitingBubble(text.trim()) : null;
  if (isComposer) box.value = "";
  form.querySelectorAll("button").forEach((each) => each.setAttribute("aria-disabled", "true"));
  const indicator = setTimeout(() => { typing.hidden = false; toLatest(); }, TYPING_AFTER);
  toLatest();
  try {
    const [ok, answer] = await post(form, body);
    clearTimeout(indicator);
    typing.hidden = true;
    bubble?.remove(); // Before anything scrolls: what stands above must not move afterwards.
    if (answer.reload) {
      location.reload();
      return;
    }
    if (ok) sent(form, button, answer);
    else keepWords(isComposer, text);
    show(answer.notice);
  } catch {
    keepWords(isComposer, text);
    show(words.offline);
  } finally {
    clearTimeout(indicator);
    typing.hidden = true;
    bubble?.remove();
    form.querySelectorAll("button").forEach((each) => each.removeAttribute("aria-disabled"));
    sending = false;
    pending = "";
  }
}

function sent(form, button, answer) {
  log.querySelectorAll(".fleeting").forEach((entry) => entry.remove());
  const added = place(answer.html);
  form.querySelector('[name="id"]').value = newId();
  if (form === composer) {
    composer.reset();
    attach.open = false;
    delete attach.dataset.full;
    box.value = "";
    box.focus({ preventScroll: true });
  } else {
    button.setAttribute("aria-pressed", "true");
    // On to the answer, so that Tab reaches its buttons next.
    added.find((entry) => entry.classList.contains("faro"))?.focus({ preventScroll: true });
  }
  toAnswer(added);
  poll();
}

function keepWords(isComposer, text) {
  if (isComposer && !box.value) box.value = text;
}

document.addEventListener("submit", (event) => {
  const form = event.target;
  if (form.matches("[data-send]")) {
    event.preventDefault();
    send(form, event.submitter);
  } else if (form.matches("[data-leave]")) {
    event.preventDefault();
    leave();
  } else if (form.matches("[data-hide]")) {
    event.preventDefault();
    form.closest(".entry").remove();
    box.focus();
    fetch(form.getAttribute("action"), { method: "POST", headers: { Accept: "application/json" }, keepalive: true });
  }
});

box.addEventListener("keydown", (event) => {
  if (event.key === "Enter" && !event.shiftKey && !event.isComposing) {
    event.preventDefault();
    if (box.value.trim() || composer.file.files.length) composer.requestSubmit(composer.querySelector(".send"));
  }
});

composer.file.addEventListener("change", () => {
  attach.toggleAttribute("data-full", composer.file.files.length > 0);
});

// Menus close when something else is pressed.
document.addEventListener("click", (event) => {
  document.querySelectorAll(".languages[open], .attach[open]").forEach((menu) => {
    if (!menu.contains(event.target)) menu.open = false;
  });
});

// Quick exit: by button, or Escape three times within two seconds.

let escapes = [];

function leave() {
  polling?.abort();
  // Sent along even though this page goes away; the server deletes the session, also one whose first answer, and so its
  // cookie, has not arrived yet.
  const body = new FormData();
  body.set("pending", pending);
  navigator.sendBeacon("/chat/leave", body);
  document.body.replaceChildren();
  document.title = "…";
  location.replace(words.exit);
}

document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  document.querySelectorAll("details[open]").forEach((menu) => { menu.open = false; });
  escapes = [...escapes.filter((then) => event.timeStamp - then < 2000), event.timeStamp];
  if (escapes.length >= 3) leave();
  else spoken.textContent = escapes.length === 2 ? words.escOnce : words.escTwice;
});

// A page that comes back from the browser's memory may show a chat that is gone.
addEventListener("pageshow", (event) => { if (event.persisted) location.reload(); });

// News that nobody just asked for: one waiting request at a time.

async function poll() {
  if (polling || lastNumber() === 0) return;
  polling = new AbortController();
  let pause = 0;
  while (!polling.signal.aborted) {
    try {
      const answer = await fetch(`/chat/news?after=${lastNumber()}`, {
        headers: { Accept: "application/json" },
        signal: polling.signal,
      });
      if (answer.status === 410) {
        show(words.ended);
        break;
      }
      pause = answer.ok ? 500 : 30000;
      if (answer.ok && !sending) {
        const added = place((await answer.json()).html);
        if (added.length) toAnswer(added);
      }
    } catch {
      pause = 10000;
    }
    await new Promise((resume) => setTimeout(resume, pause));
  }
  polling = null;
}

if (lastNumber() > 0) {
  const entries = [...log.querySelectorAll(".entry")];
  toAnswer(entries.slice(entries.findLastIndex((entry) => entry.classList.contains("person")) + 1));
}
poll();
