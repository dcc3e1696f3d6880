// --- start

for (const entry of JSON.parse($("pictures").textContent)) add(entry, false);
$("pictures").remove(); // the text is not needed twice
refill();
arrange();

// --- a page that is served hears of new pictures

if (document.body.dataset.live !== undefined) {
  const events = new EventSource(`events?since=${document.body.dataset.live}`);
  const change = (work) => (event) => {
    work(JSON.parse(event.data));
    refill();
    arrange();
  };
  events.addEventListener("pictures", change((entries) => {
    for (const entry of entries) add(entry, true);
    say(entries.length === 1 ? "1 new picture" : `${entries.length} new pictures`);
  }));
  events.addEventListener("gone", change((ids) => ids.forEach(drop)));
}
