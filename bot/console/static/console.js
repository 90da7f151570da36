/* Makes some pages quicker to use. Every page works without it. */
"use strict";

document.documentElement.classList.add("script");

const token = () => document.querySelector('input[name="csrf"]')?.value ?? "";

/* Lists: j and k move between rows, x ticks, / searches, ? shows the keys; Enter follows the focused link by itself. Arrows move once a row
   has the focus, so that they still scroll elsewhere. A member can switch all of it off: then no list is marked. */
const STEPS = { j: 1, ArrowDown: 1, k: -1, ArrowUp: -1 };

function workList(event) {
  const list = document.querySelector("[data-keys]");
  if (!list || event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.target.closest("select, textarea, input:not([type=checkbox])")) return;
  const row = event.target.closest("[data-keys] tr");
  if (STEPS[event.key] && (row || !event.key.startsWith("Arrow"))) moveInList(list, row, STEPS[event.key]);
  else if (event.key === "x" && row) row.querySelector('input[type="checkbox"]')?.click();
  else if (event.key === "/") document.querySelector("[data-search]")?.focus();
  else if (event.key === "?") showKeys(document.querySelector("[data-keyboard]"));
  else return;
  event.preventDefault();
}

function moveInList(list, row, step) {
  const links = [...list.querySelectorAll(".row-link")];
  const here = links.indexOf(row?.querySelector(".row-link"));
  const next = here < 0 ? (step > 0 ? 0 : links.length - 1) : Math.min(Math.max(here + step, 0), links.length - 1);
  links[next]?.focus();
}

function showKeys(keys) {
  if (!keys) return;
  keys.open = true;
  keys.querySelector("summary").focus();
}

/* Counters: length in UTF-16 units, as Telegram counts. */
function showLength(area) {
  const output = document.querySelector(`[data-counts="${area.id}"]`);
  if (!output) return;
  const limit = Number(area.dataset.limit);
  output.textContent = `${area.value.length} / ${limit}`;
  output.classList.toggle("over", area.value.length > limit);
}

/* Live preview, rendered by the server with the same code that sends. */
function livePreview(area, address) {
  const shown = document.getElementById(area.dataset.shows);
  let timer, request;
  area.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(async () => {
      request?.abort();
      request = new AbortController();
      const body = new URLSearchParams({ text: area.value, language: area.lang });
      try {
        const answer = await fetch(address, { method: "POST", body, headers: { "X-CSRF-Token": token() }, signal: request.signal });
        if (answer.ok) shown.innerHTML = await answer.text();
      } catch { /* the next keystroke tries again */ }
    }, 250);
  });
}

/* The next dates and whom it reaches, as the form stands; without script a button shows them. */
function liveOutlook(box) {
  const form = box.closest("form");
  let timer, request;
  form.addEventListener("change", () => {
    clearTimeout(timer);
    timer = setTimeout(async () => {
      request?.abort();
      request = new AbortController();
      const body = new URLSearchParams(new FormData(form));
      body.set("part", "yes");
      try {
        const answer = await fetch(box.dataset.outlook, { method: "POST", body, headers: { "X-CSRF-Token": token() }, signal: request.signal });
        if (answer.ok) box.innerHTML = await answer.text();
      } catch { /* the next change tries again */ }
    }, 250);
  });
}

/* What changes by itself: fetched every two seconds, or as often as the box says, until it says that it is done. */
async function poll(box) {
  if (box.querySelector("[data-done]")) return;
  try {
    const answer = await fetch(box.dataset.poll);
    if (answer.status === 401) return;
    if (answer.ok) renew(box, await answer.text());
  } catch { /* tried again below */ }
  setTimeout(() => poll(box), pause(box));
}

const pause = (box) => Number(box.dataset.every || 2) * 1000;
const told = (box) => [...box.querySelectorAll("[data-announce]")].map((one) => one.textContent.trim()).join(" ");

/* Nothing is taken from under somebody's finger; what is new and marked so is said once, without moving the focus. */
function renew(box, html) {
  if (box.contains(document.activeElement)) return;
  const before = told(box);
  box.innerHTML = html;
  const now = told(box);
  if (now && now !== before) document.getElementById("said").textContent = now;
}

/* A chosen file goes into the text area beside it, where it can be read before it is sent. */
async function readFile(input) {
  const area = document.getElementById(input.dataset.fills);
  if (input.files[0]) area.value = await input.files[0].text();
}

/* Words selected in a tip go into the field that masks them; without script they are typed there. */
function takeSelection(bar) {
  const field = document.getElementById(bar.dataset.selection);
  bar.addEventListener("mousedown", (event) => event.preventDefault());
  document.addEventListener("selectionchange", () => {
    const selection = getSelection();
    const words = selection.toString().trim();
    const inside = [selection.anchorNode, selection.focusNode].every((node) => node?.parentElement?.closest("[data-maskable]"));
    bar.hidden = !(words && inside && words.length <= field.maxLength);
    if (!bar.hidden) field.value = words;
  });
}

document.addEventListener("keydown", workList);
for (const input of document.querySelectorAll("input[data-fills]")) input.addEventListener("change", () => readFile(input));
for (const area of document.querySelectorAll("textarea[data-limit]")) {
  showLength(area);
  area.addEventListener("input", () => showLength(area));
}
const form = document.querySelector("form[data-preview]");
for (const area of form?.querySelectorAll("textarea[data-shows]") ?? []) livePreview(area, form.dataset.preview);
for (const box of document.querySelectorAll("[data-outlook]")) liveOutlook(box);
for (const box of document.querySelectorAll("[data-poll]")) setTimeout(() => poll(box), pause(box));
for (const bar of document.querySelectorAll("[data-selection]")) takeSelection(bar);
for (const select of document.querySelectorAll("select[data-submits]")) select.addEventListener("change", () => select.form.requestSubmit());
