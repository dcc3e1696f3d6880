// --- two pictures, one behind the other

const comparer = $("comparer");
let held = null; // the first of the two, until the second is chosen
let pair = [];

function hold(record) {
  held?.card.classList.remove("held");
  held = record;
  $("tray").hidden = record === null;
  if (!record) return;
  record.card.classList.add("held");
  $("held").src = record.entry.thumb;
}

function pickForComparison(record) {
  if (held === record) return hold(null);
  if (!held) return hold(record);
  const first = held;
  hold(null);
  compare(first, record);
}

function differences(a, b) {
  const left = new Map(facts(a)), right = new Map(facts(b));
  const rows = [["Prompt", a.prompt, b.prompt]];
  for (const name of new Set([...left.keys(), ...right.keys()])) rows.push([name, left.get(name) ?? "", right.get(name) ?? ""]);
  return rows.filter(([name, one, other]) => one !== other && name !== "Job"); // which differs always
}

function compare(first, second) {
  pair = [first, second];
  const [a, b] = [first.entry, second.entry];
  for (const [side, entry] of [["left", a], ["right", b]]) {
    $(side).alt = title(entry);
    load($(side), entry, () => {});
    $(`${side}name`).textContent = byline(entry);
  }
  $("differs").replaceChildren(...differences(a, b).map(([name, one, other]) => {
    const row = make("tr");
    const head = make("th", "", name);
    head.scope = "row";
    row.append(head, ...[one, other].map((value) => { const cell = make("td", "", value); cell.dir = "auto"; return cell; }));
    return row;
  }));
  slideTo(50);
  if (!comparer.open) { comparer.showModal(); $("slide").focus(); }
}

function slideTo(at) {
  $("slide").value = at;
  $("pair").style.setProperty("--at", `${at}%`);
}

$("slide").addEventListener("input", () => slideTo($("slide").value));
// A range's own thumb stops short of its ends and does not stand under the pointer.
$("slide").addEventListener("pointerdown", follow);
$("slide").addEventListener("pointermove", (event) => { if (event.buttons & 1) follow(event); });
function follow(event) {
  const box = $("pair").getBoundingClientRect();
  const at = Math.min(100, Math.max(0, ((event.clientX - box.left) / box.width) * 100));
  requestAnimationFrame(() => slideTo(at));
}
$("swap").addEventListener("click", () => compare(pair[1], pair[0]));
$("done").addEventListener("click", () => comparer.close());
comparer.addEventListener("close", () => { if (pair[1]?.card.isConnected) focusOn(pair[1], true); });
$("drop").addEventListener("click", () => hold(null));

// --- keys

function keyInViewer(event) {
  const keys = {
    ArrowLeft: () => step(-1), ArrowRight: () => step(1), s: showSidecar, y: () => copyCommand(viewed), t: switchTheme,
    c: () => { viewer.close(); pickForComparison(viewed); },
  };
  return keys[event.key];
}

function keyOnWall(event) {
  if (/^(Arrow|Home$|End$)/.test(event.key)) return () => move(event.key);
  const there = () => (grid.contains(document.activeElement) ? current : null);
  const keys = {
    "/": () => { $("find").focus(); $("find").select(); },
    "?": () => $("help").showModal(), t: switchTheme,
    c: () => there() && pickForComparison(there()), y: () => copyCommand(there()),
    s: () => { if (there()) { view(there()); $("sidecar").open = true; } },
    Escape: () => (held ? hold(null) : isFiltered() && clearFilters()),
  };
  return keys[event.key];
}

addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
  const typing = event.target.matches?.("input, select, textarea");
  if (typing && !viewer.open && !comparer.open) {
    if (event.key === "Escape") {
      event.preventDefault();
      if (event.target.value && event.target.matches("input")) { event.target.value = ""; arrange(); } else event.target.blur();
    } else if (event.key === "ArrowDown" && event.target.id === "find") { event.preventDefault(); if (shown.length) focusOn(shown[0], true); }
    return;
  }
  if (comparer.open || $("help").open) return;
  if (viewer.open && event.target.matches?.("pre, .story, .story *") && /^Arrow/.test(event.key) && event.target.matches("pre")) return;
  const act = viewer.open ? keyInViewer(event) : keyOnWall(event);
  if (!act) return;
  event.preventDefault();
  act();
});
