// What changes under the eye: rows of the list, the parts of a device's page, who waits.
const live = { source: null, lost: 0, shown: document.body.dataset.live, since: document.body.dataset.since };

// Puts new HTML into a part, keeping what was typed, opened and focused.
function swap(part, fresh) {
  if (part.innerHTML === fresh.innerHTML) return;
  const kept = {};
  each(part, "input:not([type=hidden]), textarea, select", (field) => { if (field.id) kept[field.id] = field.value; });
  const opened = new Set();
  each(part, "details[open] > summary", (summary) => opened.add(summary.textContent));
  const failed = part.querySelector("[data-failed]");
  const focused = part.contains(document.activeElement) ? document.activeElement : null;
  const key = focused && (focused.id || focused.getAttribute("href") || focused.textContent.trim());
  part.replaceChildren(...fresh.cloneNode(true).childNodes);
  for (const id in kept) if (byId(id) && kept[id]) byId(id).value = kept[id];
  each(part, "details > summary", (summary) => { summary.parentElement.open = opened.has(summary.textContent); });
  const form = failed && part.querySelector(`form[action="${failed.dataset.failed}"]`);
  if (form) form.prepend(failed);
  if (focused) {
    const same = (e) => (e.id || e.getAttribute("href") || e.textContent.trim()) === key;
    const again = [...part.querySelectorAll("a, button, input, select, textarea, summary")].find(same);
    if (again) again.focus();
  }
}

// Swaps the parts that differ from a page that was read anew.
function show(page) {
  live.since = page.body.dataset.since;
  each(document, "[data-part]", (part) => {
    const fresh = page.querySelector(`[data-part="${part.dataset.part}"]`);
    if (fresh) swap(part, fresh);
  });
  freshenTimes();
  openClients();
}

let loading = false;
let again = false;
// Loads this page anew. Nobody's doing, so the sign-in runs on.
async function refresh(url = location.href) {
  if (loading) return void (again = true);
  loading = true;
  try {
    const answer = await fetch(url, { headers: { accept: "text/html", "deskhook-by-itself": "yes" } });
    if (answer.redirected && new URL(answer.url).pathname === "/sign-in") return signedOut();
    if (answer.status === 404) return gone();
    if (answer.ok) show(parse(await answer.text()));
  } catch { /* The stream tells when the portal is away. */ } finally {
    loading = false;
    if (again) {
      again = false;
      refresh();
    }
  }
}

// Opens the client once, where this browser asked for it and was let in just now.
function openClients() {
  each(document, "[data-open]", (link) => {
    const id = `opened-${link.dataset.open}`;
    if (sessionStorage.getItem(id)) return;
    sessionStorage.setItem(id, "yes");
    tell(link.closest(".request").querySelector("p").textContent);
    opened();
    location.href = link.href;
  });
}

// Puts a row where its key belongs, as far as that is on this page of the list.
function place(row) {
  const body = byId("rows");
  const old = byId(`row-${row.id}`);
  const had = old && old.contains(document.activeElement);
  if (!row.html) return old && old.remove();
  const first = body.dataset.page === "1";
  if (!old && !first) return;
  const fresh = parse(`<table><tbody>${row.html}</tbody></table>`).querySelector("tr");
  if (row.waiting && !(old && old.classList.contains("waiting"))) {
    tell(`${row.person} is waiting for help`);
    fresh.classList.add("fresh");
    setTimeout(() => fresh.classList.remove("fresh"), 4000);
  }
  if (old && !first) old.replaceWith(fresh);
  else {
    const full = body.rows.length >= body.dataset.size;
    if (old) old.remove();
    const later = [...body.rows].find((other) => other.dataset.key > row.key);
    // Of a full page the last row may be another one now: the portal knows which.
    if (old && full && !later) return refresh();
    body.insertBefore(fresh, later || null);
    while (body.rows.length > body.dataset.size) body.lastElementChild.remove();
  }
  if (had && fresh.isConnected) fresh.querySelector("a, button").focus();
}

// Rows and counts of one moment.
function showList({ tally, rows }) {
  if (byId("rows")) rows.forEach(place);
  if (!byId("rows") || !byId("rows").rows.length) refresh();
  each(document, "[data-state]", (filter) => { filter.querySelector("b").textContent = tally[filter.dataset.state]; });
  showWaiting(String(tally.waiting));
  freshenTimes();
}

function showWaiting(count) {
  const asks = byId("asks");
  asks.querySelector("b").textContent = count;
  asks.classList.toggle("none", count === "0");
  document.title = document.title.replace(/^(\(\d+\) )?/, count === "0" ? "" : `(${count}) `);
}

function notice(text, href) {
  const box = byId("notice");
  box.hidden = !text;
  box.textContent = text;
  if (href) {
    const link = document.createElement("a");
    link.href = href;
    link.textContent = "Sign in again";
    box.append(" ", link);
  }
}

function gone() {
  close();
  notice("This device was removed. What you see is how it was.");
}

let settling = 0;
// The history shows every device: what changes together is read together.
function changed() {
  if (!live.shown.startsWith("sessions")) return refresh();
  settling ||= setTimeout(() => { settling = 0; refresh(); }, 1000);
}

function signedOut() {
  close();
  notice("You were signed out.", `/sign-in?next=${encodeURIComponent(location.pathname + location.search)}`);
}

function close() {
  if (live.source) live.source.close();
  live.source = null;
}

function listen() {
  close();
  const query = new URLSearchParams(live.shown);
  if (query.has("list")) for (const [name, value] of new URLSearchParams(location.search)) query.set(name, value);
  query.set("since", live.since);
  const source = live.source = new EventSource(`/live?${query}`);
  source.addEventListener("open", () => {
    if (live.lost) refresh();
    live.lost = 0;
    notice("");
  });
  source.addEventListener("waiting", (event) => showWaiting(event.data));
  source.addEventListener("list", (event) => showList(JSON.parse(event.data)));
  source.addEventListener("changed", changed);
  source.addEventListener("again", () => refresh());
  source.addEventListener("gone", signedOut);
  source.addEventListener("error", () => {
    live.lost ||= Date.now();
    if (live.source) notice(`The portal cannot be reached. What you see is from ${clock(new Date(live.lost))}. Trying again…`);
    // A refused request is not tried again by the browser.
    if (source.readyState === EventSource.CLOSED && live.source) setTimeout(listen, 4000);
  });
}

// Find as you type, on the list itself.
function findAsYouType() {
  const find = byId("find");
  if (!find || location.pathname !== "/devices") return;
  if (location.hash === "#find") {
    history.replaceState(null, "", "/devices");
    find.focus();
  }
  let timer = 0;
  find.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(async () => {
      const query = new URLSearchParams(location.search);
      query.set("q", find.value);
      query.delete("page");
      if (!find.value) query.delete("q");
      history.replaceState(null, "", `/devices${query.size ? `?${query}` : ""}`);
      await refresh();
      const rows = document.querySelectorAll("#rows tr").length;
      tell(rows === 1 ? "1 device" : `${rows} devices`);
      listen();
    }, 140);
  });
}

if (live.shown !== undefined) {
  listen();
  findAsYouType();
  openClients();
  // A page that nobody sees needs no connection; the list keeps counting in its tab's title.
  let hide = 0;
  document.addEventListener("visibilitychange", () => {
    clearTimeout(hide);
    if (document.hidden && !live.shown.startsWith("list")) hide = setTimeout(close, 30000);
    if (!document.hidden && !live.source) {
      live.lost = Date.now();
      listen();
    }
  });
  window.addEventListener("pagehide", close);
}

// Somebody is at the page: the sign-in does not run out under their hands.
let asked = Date.now();
for (const kind of ["pointerdown", "keydown"]) {
  document.addEventListener(kind, () => {
    if (Date.now() - asked < 300000 || document.body.classList.contains("door")) return;
    asked = Date.now();
    fetch("/live/awake");
  }, { passive: true });
}
