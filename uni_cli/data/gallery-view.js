// --- one picture, large, with its story

const viewer = $("viewer");
let viewed = null;

function facts(entry) {
  const rows = [
    ["Provider", entry.provider], ["Model", entry.model], ["Seed", entry.seed],
    ["Recipe", entry.recipe], ["Item", entry.item], ...Object.entries(entry.vars),
    ["Kind", entry.operation === "edit" ? "edit of a picture" : ""],
    ["Size", `${entry.width} × ${entry.height}`], ["Cost", entry.cost], ["Saved", when(entry.saved)], ["Job", entry.job], ["File", entry.name],
  ];
  return rows.filter(([, value]) => value !== null && value !== "" && value !== undefined);
}

function when(text) {
  const time = new Date(text);
  return isNaN(time) ? text : time.toLocaleString(undefined, { dateStyle: "medium", timeStyle: "short" });
}

// The thumbnail at once, the picture itself when it has come; never the picture of a card that was left meanwhile.
function load(image, entry, then) {
  image.dataset.of = entry.id;
  image.src = entry.thumb;
  const whole = new Image();
  whole.addEventListener("load", () => { if (image.dataset.of === entry.id) { image.src = whole.src; then(true); } });
  whole.addEventListener("error", () => { if (image.dataset.of === entry.id) then(false); });
  whole.src = entry.link;
}

function view(record) {
  const { entry } = record;
  viewed = record;
  $("stage").classList.remove("whole");
  $("lost").hidden = true;
  $("full").alt = title(entry);
  $("full").width = entry.width;
  $("full").height = entry.height;
  load($("full"), entry, (found) => { $("lost").hidden = found; $("open").hidden = !found; });
  $("what").textContent = title(entry);
  $("facts").replaceChildren(...facts(entry).flatMap(([name, value]) => {
    const told = make("dd", "", value);
    told.dir = "auto";
    return [make("dt", "", name), told];
  }));
  $("command").textContent = entry.command ?? "Its name cannot be typed.";
  $("copy").disabled = entry.command === null;
  $("copyprompt").hidden = !entry.prompt;
  $("open").href = entry.link;
  $("open").hidden = false;
  $("sidecartext").textContent = entry.story;
  const at = shown.indexOf(record);
  $("place").textContent = `${(at + 1).toLocaleString("en")} of ${shown.length.toLocaleString("en")}`;
  $("prev").disabled = at <= 0;
  $("next").disabled = at < 0 || at === shown.length - 1;
  if (!viewer.open) { $("sidecar").open = false; viewer.showModal(); viewer.focus(); }
}

function step(by) {
  const to = shown[shown.indexOf(viewed) + by];
  if (to) view(to);
}

function copy(text, done) {
  const old = () => {
    const area = make("textarea", "hidden");
    area.value = text;
    (document.querySelector("dialog[open]") || document.body).append(area);
    area.select();
    const worked = document.execCommand("copy");
    area.remove();
    return worked;
  };
  const finish = (worked) => say(worked ? done : "The browser does not let this page copy.");
  if (navigator.clipboard) navigator.clipboard.writeText(text).then(() => finish(true), () => finish(old()));
  else finish(old());
}

function copyCommand(record) { if (record?.entry.command) copy(record.entry.command, "Command copied"); }

function showSidecar() {
  $("sidecar").open = !$("sidecar").open;
  if ($("sidecar").open) $("sidecar").scrollIntoView({ block: "start" });
}

$("zoom").addEventListener("click", () => {
  const whole = $("stage").classList.toggle("whole");
  $("zoom").setAttribute("aria-label", whole ? "Fit" : "Actual size");
});
$("prev").addEventListener("click", () => step(-1));
$("next").addEventListener("click", () => step(1));
$("close").addEventListener("click", () => viewer.close());
$("copy").addEventListener("click", () => copyCommand(viewed));
$("copyprompt").addEventListener("click", () => copy(viewed.entry.prompt, "Prompt copied"));
$("pick").addEventListener("click", () => { viewer.close(); pickForComparison(viewed); });
viewer.addEventListener("close", () => { if (viewed && all.has(viewed.entry.id) && viewed.card.isConnected) focusOn(viewed, true); });
$("keys").addEventListener("click", () => $("help").showModal());
