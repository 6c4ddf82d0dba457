// Comfort on every page; nothing here is needed to use it.
"use strict";

const byId = (id) => document.getElementById(id);
const each = (root, selector, act) => root.querySelectorAll(selector).forEach(act);

// The one door through which text becomes elements: pages and rows that this portal answered with.
const markup = window.trustedTypes
  ? trustedTypes.createPolicy("deskhook", { createHTML: (html) => html })
  : { createHTML: (html) => html };
const parse = (html) => new DOMParser().parseFromString(markup.createHTML(html), "text/html");

// Tells a screen reader.
function tell(text) {
  const told = byId("told");
  if (told) told.textContent = text;
}

// Times: written by the server, kept true here.
function span(ms) {
  const s = Math.max(0, Math.floor(ms / 1000));
  const [m, h, d] = [Math.floor(s / 60), Math.floor(s / 3600), Math.floor(s / 86400)];
  if (s < 60) return `${s} s`;
  if (m < 60) return `${m} min`;
  if (h < 24) return m % 60 ? `${h} h ${m % 60} min` : `${h} h`;
  return d === 1 ? "1 day" : `${d} days`;
}

// Every time of day has 24 hours, in every language.
const time = { hour: "2-digit", minute: "2-digit", hourCycle: "h23" };
const clock = (at) => at.toLocaleTimeString([], time);

function full(at) {
  const today = new Date().toDateString() === at.toDateString();
  const day = at.getFullYear() === new Date().getFullYear() ? { month: "short", day: "numeric" } : { year: "numeric", month: "short", day: "numeric" };
  return today ? clock(at) : at.toLocaleString([], { ...day, ...time });
}

function freshenTimes() {
  each(document, "time[data-time]", (shown) => {
    const at = new Date(shown.dateTime);
    const since = Date.now() - at;
    const kind = shown.dataset.time;
    const told = kind === "span" ? span(since)
      : kind === "full" ? full(at)
      : since < 60000 ? "just now" : `${span(since)} ago`;
    if (shown.textContent !== told) shown.textContent = told;
    shown.title = at.toLocaleString([], { dateStyle: "medium", timeStyle: "medium", hourCycle: "h23" });
  });
}

// Copy: says so, on the button and to a screen reader.
async function copy(button) {
  const label = button.querySelector("span");
  try {
    await navigator.clipboard.writeText(button.dataset.copy);
  } catch {
    const field = document.createElement("textarea");
    field.value = button.dataset.copy;
    document.body.append(field);
    field.select();
    document.execCommand("copy");
    field.remove();
    button.focus();
  }
  label.textContent = "Copied";
  button.classList.add("done");
  tell("Copied");
  setTimeout(() => {
    label.textContent = "Copy";
    button.classList.remove("done");
  }, 1600);
}

// A client's link leads to a program and not to the portal: the record learns of it from here.
function opened() {
  const token = document.querySelector("[name=form_token]");
  fetch(`${location.pathname}/opened`, { method: "POST", headers: { "deskhook-form": token.value }, keepalive: true });
}

document.addEventListener("click", (event) => {
  const link = event.target.closest(".request a[href]");
  if (link && !link.protocol.startsWith("http")) opened();
  const button = event.target.closest("[data-copy]");
  if (button) {
    event.preventDefault();
    copy(button);
  }
  const own = document.querySelector(".own[open]");
  if (own && !own.contains(event.target)) own.open = false;
});

document.addEventListener("keydown", (event) => {
  const typing = event.target.closest("input, textarea, select");
  if (event.key === "/" && !typing && !event.ctrlKey && !event.metaKey && !event.altKey && byId("find")) {
    event.preventDefault();
    // Found as it is typed, where the list is.
    if (location.pathname === "/devices") byId("find").select();
    else location.assign("/devices#find");
  }
  if (event.key === "Escape") {
    const own = document.querySelector(".own[open]");
    if (own) {
      own.open = false;
      own.querySelector("summary").focus();
    }
  }
  if ((event.key === "ArrowDown" || event.key === "ArrowUp") && (!typing || typing.id === "find")) walk(event);
});

// Arrow keys go through the rows of a list, Enter opens one.
function walk(event) {
  const links = [...document.querySelectorAll(".devices tbody th a, .sessions tbody th a")];
  const here = links.indexOf(document.activeElement);
  if (!links.length || (here < 0 && document.activeElement !== byId("find") && document.activeElement !== document.body)) return;
  const next = event.key === "ArrowDown" ? Math.min(here + 1, links.length - 1) : here - 1;
  event.preventDefault();
  (links[next] || byId("find")).focus();
}

// A choice counts once its button is pressed; there is one while another thing is chosen.
function offer(select) {
  const other = [...select.options].some((option) => option.selected !== option.defaultSelected);
  select.form.classList.toggle("changed", other);
}

document.addEventListener("input", (event) => {
  if (event.target.matches("[data-pick]")) offer(event.target);
});
// A browser may show what was chosen before the page was left.
window.addEventListener("pageshow", () => each(document, "[data-pick]", offer));

// Appearance: at once, and remembered by the server's own cookie.
const order = ["auto", "light", "dark"];
each(document, ".appearance", (form) => {
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const button = form.querySelector("button");
    const now = button.value;
    const next = order[(order.indexOf(now) + 1) % 3];
    document.documentElement.dataset.appearance = now;
    const use = button.querySelector("use");
    use.setAttribute("href", use.getAttribute("href").replace(/#.*/, `#${now}`));
    button.querySelector("span").textContent = now;
    button.setAttribute("aria-label", `Appearance: ${now}. Switch to ${next}.`);
    fetch(form.action, { method: "POST", body: new URLSearchParams({ appearance: now }), redirect: "manual" });
    button.value = next;
  });
});

// Where the sections do not fit side by side, the one that is shown is in sight.
each(document, ".rail [aria-current], .filter [aria-current]", (here) => here.scrollIntoView({ block: "nearest", inline: "center" }));

freshenTimes();
setInterval(freshenTimes, 1000);
