/* The calendar: a campaign is dragged with the mouse or carried with the keyboard to another day, in the week to another hour.
   Where it may go and what clashes there is the server's word; without this script a form moves it. */
"use strict";

(() => {
  const STEPS = { ArrowLeft: -1, ArrowRight: 1, ArrowUp: -7, ArrowDown: 7 };
  const grid = document.querySelector("[data-calendar]");
  const bar = document.getElementById("carrying");
  const part = (name) => document.getElementById(`carry-${name}`);
  const clockAt = (card, cell) => (cell.dataset.hour ? `${cell.dataset.hour}:${card.dataset.time.slice(3)}` : card.dataset.time);
  const dateOf = (card) => (card.dataset.original ? { original: card.dataset.original } : {}); // Which of several dates it is.
  let carried = null; // The card on its way, the cell it came from, and the cell it is over.
  let timer, request;

  /* Show in a box what the server says of a day and a time, and say it aloud while something is carried. */
  function ask(address, query, box) {
    clearTimeout(timer);
    request?.abort();
    timer = setTimeout(async () => {
      request = new AbortController();
      try {
        const answer = await fetch(`${address}?${query}`, { signal: request.signal });
        if (!answer.ok) return;
        box.innerHTML = await answer.text();
        if (carried) say([...box.children].map((line) => line.textContent.trim()).join(" "));
      } catch (error) {
        if (carried && error.name !== "AbortError") say(box.textContent);
      }
    }, 200);
  }

  function say(words) {
    part("said").textContent = "";
    requestAnimationFrame(() => { part("said").textContent = words; });
  }

  function take(card) {
    carried = { card, home: card.closest("td"), over: null };
    card.classList.add("carried");
    part("title").textContent = card.dataset.title;
    part("words").textContent = card.dataset.words;
    bar.hidden = false;
    hover(carried.home, false);
  }

  function hover(cell, asked = true) {
    carried.over?.classList.remove("target");
    carried.over = cell;
    cell.classList.add("target");
    const open = cell === carried.home || cell.dataset.day;
    part("about").textContent = open ? cell.dataset.name : `${cell.dataset.name}: ${bar.dataset.closed}`;
    clearTimeout(timer);
    request?.abort();
    if (!asked) return;
    if (!cell.dataset.day) return say(part("about").textContent);
    const query = new URLSearchParams({ ...dateOf(carried.card), day: cell.dataset.day, time: clockAt(carried.card, cell) });
    ask(`${carried.card.dataset.move}/outlook`, query, part("about"));
  }

  /* Put everything back as it was. */
  function leave() {
    clearTimeout(timer);
    request?.abort();
    carried.card.classList.remove("carried");
    carried.over.classList.remove("target");
    bar.hidden = true;
    const link = carried.card.querySelector(".move");
    carried = null;
    link.focus();
    say(bar.dataset.left);
  }

  function drop() {
    const { card, home, over } = carried;
    if (over === home) return leave();
    if (!over.dataset.day) return say(bar.dataset.closed);
    carried = null; // It has arrived: what ends the drag after this leaves it there.
    const wanted = { day: over.dataset.day, time: clockAt(card, over) };
    const form = document.getElementById("carry");
    const view = form.elements.view.value;
    /* What somebody has approved already is asked about once more, on a page of its own. */
    if ("asks" in card.dataset) return location.assign(`${card.dataset.move}?${new URLSearchParams({ ...dateOf(card), ...wanted, view })}`);
    for (const [name, value] of Object.entries(wanted)) form.elements[name].value = value;
    form.elements.version.value = card.dataset.version;
    form.action = card.dataset.move;
    form.submit();
  }

  /* One step with an arrow key. In a month the line goes on in the next week; in a week it ends with the day. */
  function step(by) {
    const cells = [...grid.querySelectorAll("td")];
    const here = cells.indexOf(carried.over);
    const wraps = Math.abs(by) === 1 && Math.floor((here + by) / 7) !== Math.floor(here / 7);
    const next = wraps && grid.dataset.calendar === "week" ? undefined : cells[here + by];
    if (!next) return say(bar.dataset.edge);
    hover(next);
    next.scrollIntoView({ block: "nearest" });
  }

  /* Say why a card stays where it is, for as long as somebody is on it. */
  function refuse(card) {
    part("title").textContent = card.dataset.title;
    part("words").textContent = card.dataset.fixed;
    part("about").textContent = "";
    bar.hidden = false;
    say(card.dataset.fixed);
    card.addEventListener("focusout", () => { bar.hidden = !carried; }, { once: true });
  }

  function onKeyInGrid(event) {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const card = event.target.closest(".card");
    const taken = event.key.toLowerCase() === "m" || (event.key === "Enter" && event.target.matches(".move"));
    if (!card || !taken) return;
    event.preventDefault();
    if (!card.dataset.move) return refuse(card);
    take(card);
    bar.focus({ preventScroll: true });
  }

  function onKeyWhileCarrying(event) {
    if (event.key === "Tab") return leave();
    if (event.key in STEPS) step(STEPS[event.key]);
    else if (event.key === "Enter" || event.key === " ") drop();
    else if (event.key === "Escape") leave();
    else return;
    event.preventDefault();
  }

  function onDragOver(event) {
    const cell = carried && event.target.closest("td");
    if (!cell) return;
    if (cell !== carried.over) hover(cell);
    if (cell.dataset.day) event.preventDefault();
  }

  function onDragStart(event) {
    const card = event.target.closest("[data-move]");
    if (!card) return;
    event.dataTransfer.effectAllowed = "move";
    event.dataTransfer.setData("text/plain", card.dataset.title);
    take(card);
  }

  if (grid && bar) {
    for (const card of grid.querySelectorAll("[data-move]")) card.draggable = true;
    for (const link of grid.querySelectorAll("[data-move] a")) link.draggable = false;
    grid.addEventListener("keydown", onKeyInGrid);
    grid.addEventListener("dragstart", onDragStart);
    grid.addEventListener("dragover", onDragOver);
    grid.addEventListener("drop", (event) => { event.preventDefault(); drop(); });
    grid.addEventListener("dragend", () => { if (carried) leave(); });
    bar.addEventListener("keydown", onKeyWhileCarrying);
  }

  /* The form that moves a campaign: what its day and time come to, before it is sent. */
  const form = document.querySelector("form[data-looks]");
  const typed = () => ["day", "time", "original", "reach"].filter((name) => form.elements[name]).map((name) => [name, form.elements[name].value]);
  const look = () => ask(form.dataset.looks, new URLSearchParams(typed()), document.getElementById("outlook"));
  form?.addEventListener("input", look);
})();
