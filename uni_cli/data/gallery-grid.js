"use strict";
// Everything a sidecar says reaches the page as text (textContent, never markup).
const $ = (id) => document.getElementById(id);
const grid = $("grid");
const all = new Map(); // id -> {entry, card, ...}
let shown = []; // records in the order on the screen, after filters
let current = null; // the record that the arrows move from

function make(tag, className, text) {
  const made = document.createElement(tag);
  if (className) made.className = className;
  if (text !== undefined) made.textContent = text;
  return made;
}

let sayTimer = 0;
function say(text) {
  const toast = $("said");
  (document.querySelector("dialog[open]") || document.body).append(toast); // above whatever is open
  toast.textContent = text;
  toast.classList.add("shown");
  clearTimeout(sayTimer);
  sayTimer = setTimeout(() => toast.classList.remove("shown"), 1800);
}

// --- theme

function theme() {
  const chosen = document.documentElement.dataset.theme;
  return chosen || (matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light");
}

function setTheme(name, keep) {
  document.documentElement.dataset.theme = name;
  try { if (keep) localStorage.setItem("uni-gallery-theme", name); } catch { /* private windows have no memory */ }
}

function switchTheme() { setTheme(theme() === "dark" ? "light" : "dark", true); }

try {
  const kept = localStorage.getItem("uni-gallery-theme");
  if (kept === "light" || kept === "dark") setTheme(kept, false);
} catch { /* the system's choice then */ }
$("theme").addEventListener("click", switchTheme);

// --- cards

function byline(entry) {
  const parts = [];
  if (entry.recipe) parts.push(entry.item ? `${entry.recipe} / ${entry.item}` : entry.recipe);
  if (entry.provider) parts.push(entry.provider);
  if (entry.seed !== null) parts.push(`seed ${entry.seed}`);
  return parts.join(" · ") || entry.name;
}

function title(entry) { return entry.prompt || entry.name.split("/").pop(); }

function fold(text) { return text.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase(); }

// A card keeps its picture only while it is near the screen: a thousand decoded pictures would fill the memory.
const near = new IntersectionObserver((seen) => {
  for (const { target, isIntersecting } of seen) {
    const record = all.get(target.dataset.id);
    if (!record) continue;
    if (!isIntersecting) { record.image?.remove(); record.image = null; continue; }
    if (record.image) continue;
    const image = make("img");
    image.alt = "";
    image.decoding = "async";
    image.addEventListener("load", () => image.classList.add("here"), { once: true });
    image.src = record.entry.thumb;
    record.image = image;
    record.mat.append(image);
  }
}, { rootMargin: "900px 0px" });

function add(entry, fresh) {
  const old = all.get(entry.id);
  if (old) { near.unobserve(old.card); old.card.remove(); }
  const card = make("li", "card");
  card.dataset.id = entry.id;
  // Banners and towers are cropped on the wall, so that rows stay even and captions readable.
  card.style.setProperty("--shape", Math.min(2.4, Math.max(0.66, entry.width / entry.height || 1)).toFixed(4));
  const open = make("button", "open");
  open.type = "button";
  open.tabIndex = -1;
  const mat = make("span", "mat");
  const label = make("span", "label");
  const name = make("span", "", title(entry));
  name.dir = "auto";
  label.append(name, make("span", "by", byline(entry)));
  open.append(mat, label);
  const choose = make("button", "choose", "Compare");
  choose.type = "button";
  choose.tabIndex = -1;
  choose.setAttribute("aria-label", `Compare ${title(entry)}`);
  card.append(open, choose);
  if (fresh) card.classList.add("fresh");
  const words = [entry.prompt, entry.name, entry.item, entry.job, entry.model, ...Object.values(entry.vars)];
  const record = { entry, card, open, choose, mat, image: null, words: fold(words.join("\n")) };
  all.set(entry.id, record);
  if (current === old && old) current = record;
  return record;
}

function drop(id) {
  const record = all.get(id);
  if (!record) return;
  near.unobserve(record.card);
  record.card.remove();
  all.delete(id);
  if (current === record) current = null;
}

grid.addEventListener("click", (event) => {
  const record = all.get(event.target.closest(".card")?.dataset.id);
  if (!record) return;
  focusOn(record, false);
  if (event.target.closest(".choose")) pickForComparison(record);
  else view(record);
});
grid.addEventListener("focusin", (event) => {
  const record = all.get(event.target.closest(".card")?.dataset.id);
  if (record) focusOn(record, false);
});

// --- filters

const collator = new Intl.Collator(undefined, { numeric: true });
const ORDERS = {
  new: (a, b) => (a.entry.saved < b.entry.saved ? 1 : a.entry.saved > b.entry.saved ? -1 : 0),
  old: (a, b) => (a.entry.saved < b.entry.saved ? -1 : a.entry.saved > b.entry.saved ? 1 : 0),
  name: (a, b) => collator.compare(a.entry.name, b.entry.name),
  seed: (a, b) => (a.entry.seed === null) - (b.entry.seed === null) || collator.compare(a.entry.seed ?? "", b.entry.seed ?? ""),
};

function fillChoices(select, every, member) {
  const kept = select.value;
  const names = new Set();
  let without = false;
  for (const { entry } of all.values()) entry[member] ? names.add(entry[member]) : (without = true);
  const options = [...names].sort(collator.compare).map((name) => new Option(name, `=${name}`));
  if (without && names.size) options.push(new Option(`No ${member}`, "="));
  select.replaceChildren(new Option(every, ""), ...options);
  select.value = [...select.options].some((option) => option.value === kept) ? kept : "";
  select.closest(".field").hidden = names.size === 0;
}

function wanted() {
  const words = fold($("find").value).split(/\s+/).filter(Boolean);
  const seed = $("seed").value.trim();
  const recipe = $("recipe").value;
  const provider = $("provider").value;
  return ({ entry, words: text }) =>
    words.every((word) => text.includes(word)) && (!seed || entry.seed === seed) &&
    (!recipe || `=${entry.recipe}` === recipe) && (!provider || `=${entry.provider}` === provider);
}

function isFiltered() { return ["find", "seed", "recipe", "provider"].some((id) => $(id).value.trim() !== ""); }

function arrange() {
  shown = [...all.values()].filter(wanted()).sort(ORDERS[$("order").value]);
  const kept = new Set(shown);
  for (const record of all.values()) if (!kept.has(record)) { near.unobserve(record.card); record.card.remove(); record.image?.remove(); record.image = null; }
  // Only what is out of place is moved: a card that stays keeps its focus and its place on the screen.
  let at = grid.firstElementChild;
  for (const { card } of shown) {
    if (card === at) at = at.nextElementSibling;
    else { grid.insertBefore(card, at); near.observe(card); }
  }
  if (!kept.has(current)) { current = null; }
  if (!current && shown.length) setStop(shown[0]);
  tell();
}

function tell() {
  const count = all.size === 1 ? "1 picture" : `${all.size.toLocaleString("en")} pictures`;
  $("count").textContent = isFiltered() ? `${shown.length.toLocaleString("en")} of ${count}` : count;
  $("clear").hidden = !isFiltered();
  for (const id of ["find", "seed", "recipe", "provider"]) $(id).closest(".field").classList.toggle("on", $(id).value.trim() !== "");
  $("empty").hidden = shown.length > 0;
  $("why").textContent = all.size ? "No picture answers to these filters. Esc clears them." : "New pictures appear here as they are saved.";
}

function clearFilters() {
  for (const id of ["find", "seed", "recipe", "provider"]) $(id).value = "";
  arrange();
}

function refill() {
  fillChoices($("recipe"), "All recipes", "recipe");
  fillChoices($("provider"), "All providers", "provider");
  $("seed").closest(".field").hidden = ![...all.values()].some(({ entry }) => entry.seed !== null);
}

for (const id of ["find", "seed", "recipe", "provider", "order"]) $(id).addEventListener("input", () => { arrange(); scrollTo(0, 0); });
$("clear").addEventListener("click", () => { clearFilters(); $("find").focus(); });

// --- moving about: one stop in the tab order, arrows from there

function setStop(record) {
  if (current) { current.open.tabIndex = -1; current.choose.tabIndex = -1; }
  current = record;
  record.open.tabIndex = 0;
  record.choose.tabIndex = 0;
}

function focusOn(record, move) {
  setStop(record);
  if (!move) return;
  record.open.focus({ preventScroll: true });
  record.card.scrollIntoView({ block: "nearest" });
}

function rowNeighbour(from, step) {
  const middle = from.card.offsetLeft + from.card.offsetWidth / 2;
  let best = null, bestGap = Infinity, row = null;
  for (let at = shown.indexOf(from) + step; at >= 0 && at < shown.length; at += step) {
    const { offsetTop, offsetLeft, offsetWidth } = shown[at].card;
    if (offsetTop === from.card.offsetTop) continue;
    row ??= offsetTop;
    if (offsetTop !== row) break;
    const gap = Math.abs(offsetLeft + offsetWidth / 2 - middle);
    if (gap < bestGap) { bestGap = gap; best = shown[at]; }
  }
  return best;
}

function move(key) {
  if (!shown.length) return;
  if (!current || !grid.contains(document.activeElement)) return focusOn(current || shown[0], true);
  const at = shown.indexOf(current);
  const onward = getComputedStyle(grid).direction === "rtl" ? -1 : 1;
  const to = {
    ArrowRight: () => shown[at + onward], ArrowLeft: () => shown[at - onward],
    ArrowDown: () => rowNeighbour(current, 1), ArrowUp: () => rowNeighbour(current, -1),
    Home: () => shown[0], End: () => shown[shown.length - 1],
  }[key]();
  if (to) focusOn(to, true);
}

addEventListener("scroll", () => document.querySelector(".bar").classList.toggle("stuck", scrollY > 4), { passive: true });
