// Forms are sent from here, so that what was typed stays where it is when that fails.
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (form.getAttribute("method") !== "post" || event.defaultPrevented) return;
  event.preventDefault();
  // One click sends a form once.
  if (!form.dataset.sent) send(form, event.submitter);
});

async function send(form, button, renewed) {
  const action = form.getAttribute("action") || location.href;
  const fields = new URLSearchParams(new FormData(form));
  if (button && button.name) fields.append(button.name, button.value);
  form.dataset.sent = "yes";
  form.setAttribute("aria-busy", "true");
  let wrong;
  try {
    const answer = await fetch(action, { method: "POST", body: fields, headers: { accept: "text/html" }, signal: AbortSignal.timeout(40000) });
    const page = parse(await answer.text());
    const out = answer.redirected && new URL(answer.url).pathname === "/sign-in" && !action.endsWith("/sign-out");
    if (answer.ok && !out) return arrive(form, answer, page);
    // Signed in anew in another tab: its pages have another token.
    if (answer.status === 403 && !renewed && renew(page)) return void (await send(form, button, true));
    wrong = out ? { title: "You were signed out.", text: "Nothing was sent, and what you typed is still here. Sign in in another tab, then send it again.", href: "/sign-in" } : reason(answer, page);
  } catch {
    wrong = { title: "The portal cannot be reached.", text: "What you typed is still here. Try again in a moment." };
  }
  rest(form);
  fail(form, wrong);
}

// May be sent again.
function rest(form) {
  delete form.dataset.sent;
  form.removeAttribute("aria-busy");
}

// Takes over the token of a page that was made for who is signed in now.
function renew(page) {
  const fresh = page.querySelector("[name=form_token]");
  const old = document.querySelector("[name=form_token]");
  if (!fresh || !old || fresh.value === old.value) return false;
  each(document, "[name=form_token]", (field) => { field.value = fresh.value; });
  return true;
}

// What a page about a failure says.
function reason(answer, page) {
  const words = (css) => (page.querySelector(css) || { textContent: "" }).textContent.trim();
  const title = words("[data-failure] h1");
  if (title) return { title: `${title}.`, text: words("[data-failure] p") };
  return { title: words(".wrong") || "That did not work.", text: words(".wrong") ? "" : `The portal answered with ${answer.status}.` };
}

// Says it at the form; where it is but a button, above what the page shows.
function fail(form, wrong) {
  each(document, "[data-failed]", (old) => old.remove());
  const told = document.createElement("p");
  told.className = "wrong";
  told.dataset.failed = form.getAttribute("action") || "";
  told.setAttribute("role", "alert");
  const title = document.createElement("b");
  title.textContent = wrong.title;
  told.append(title, " ", wrong.text);
  if (wrong.href) {
    const link = document.createElement("a");
    Object.assign(link, { href: wrong.href, target: "_blank", rel: "noopener", textContent: "Sign in" });
    told.append(" ", link);
  }
  const typed = form.querySelector("input:not([type=hidden]):not(.unseen), textarea, select:not([data-pick])");
  if (typed) form.prepend(told);
  else byId("content").prepend(told);
  // A choice that was not taken is not shown as if it were.
  const pick = form.querySelector("[data-pick]");
  if (pick) {
    form.reset();
    offer(pick);
  }
  told.scrollIntoView({ block: "nearest" });
}

// It worked: on to the page that answers, or its parts into this one.
function arrive(form, answer, page) {
  const to = new URL(answer.url);
  if (answer.redirected && to.pathname !== location.pathname) return location.assign(to);
  rest(form);
  form.reset();
  each(document, "[data-failed]", (old) => old.remove());
  if (answer.redirected) history.replaceState(null, "", to);
  document.title = page.title;
  if (!document.querySelector("[data-part]")) byId("content").replaceChildren(...page.getElementById("content").childNodes);
  show(page);
  const focus = document.querySelector("[autofocus]");
  if (focus) focus.focus();
  else if (document.activeElement === document.body) byId("content").focus({ preventScroll: true });
}
