// What a lecturer does at the board: says what a symbol means, draws a path, writes line by line.
// Everything is on the page already; without this script it is a plain document.
"use strict";
(() => {
const all = (selector, where = document) => [...where.querySelectorAll(selector)];
const one = (selector, where = document) => where.querySelector(selector);
const calm = matchMedia("(prefers-reduced-motion: reduce)");
const main = one("main");
const spoken = one(".spoken");

const bring = (element, block = "nearest") =>
  element.scrollIntoView({ block, behavior: calm.matches ? "instant" : "smooth" });

document.documentElement.classList.add("live");
for (const element of all(".tools, .hint")) element.hidden = false;
for (const contents of all("nav details")) contents.open = innerWidth > 640;

// ---- What a symbol means: a card beside it, which leaves the focus where it is.

const card = one("#card");
const told = new Map(all("[data-about]").map((entry) => [entry.dataset.about, entry]));
let seen = null; // the symbol that the card is about

const symbolAt = (node) => {
  const symbol = node instanceof Element && node.closest("math [data-id]");
  return symbol && told.has(symbol.dataset.id) ? symbol : null;
};

function tell(symbol) {
  hush();
  const entry = told.get(symbol.dataset.id);
  const close = document.createElement("button");
  close.type = "button";
  close.className = "close";
  close.textContent = "×";
  close.setAttribute("aria-label", "Close");
  close.addEventListener("click", () => { const last = seen; hush(); last?.focus?.(); });
  card.replaceChildren(close, ...[...entry.children].map((part) => part.cloneNode(true)));
  const derived = document.getElementById(symbol.dataset.id);
  if (derived && !derived.contains(symbol)) {
    const link = document.createElement("a");
    link.href = `#${encodeURIComponent(derived.id)}`;
    link.textContent = "Its derivation";
    link.addEventListener("click", (event) => { event.preventDefault(); hush(); visit(derived); });
    card.append(link);
  }
  seen = symbol;
  seen.classList.add("seen");
  card.showPopover?.();
  card.style.display = card.showPopover ? "" : "block";
  place(symbol.getBoundingClientRect());
  spoken.replaceChildren(...[...entry.children].map((part) => part.cloneNode(true)));
}

// below the symbol where there is room, else above it, and never off the window
function place(symbol) {
  const size = card.getBoundingClientRect();
  const below = symbol.bottom + 8;
  const top = below + size.height < innerHeight ? below : symbol.top - size.height - 8;
  card.style.top = `${Math.max(8, Math.min(top, innerHeight - size.height - 8))}px`;
  card.style.left = `${Math.max(8, Math.min(symbol.left, innerWidth - size.width - 8))}px`;
}

function hush() {
  if (!seen) return false;
  seen.classList.remove("seen");
  seen = null;
  card.hidePopover?.();
  card.style.display = card.hidePopover ? "" : "none";
  return true;
}

// a formula or table is one stop of Tab; Enter goes into it, arrows from symbol to symbol
const holder = (element) => element.closest(".display, .table, .flow");
const symbolsOf = (box) => all("math [data-id]", box).filter(symbolAt);

function enter(symbol) {
  symbol.tabIndex = -1;
  symbol.focus({ preventScroll: true });
  bring(symbol);
  tell(symbol);
}

document.addEventListener("click", (event) => {
  const symbol = symbolAt(event.target);
  if (symbol && !card.contains(symbol)) enter(symbol);
  else if (symbol) tell(symbol);
  else if (!card.contains(event.target)) hush();
});
addEventListener("resize", hush);
addEventListener("scroll", () => seen && !card.contains(seen) && place(seen.getBoundingClientRect()), { passive: true });

// ---- The network: each of its parts leads to its derivation and lights its path.

const network = one("#overview svg");
const output = one("#overview")?.dataset.output;
const parts = network ? all("g[data-id]", network) : [];
const plain = new Map(parts.map((part) => [part, part.getAttribute("class")]));

// its gradient; of a neuron its delta; else where it, or what it leads to, first stands
function derivationOf(id) {
  const names = [`d${output}/d${id}`];
  if (/^[pl]\d/.test(id)) {
    const neuron = id.slice(1);
    names.push(...["p", "l"].flatMap((kind) => [`d${output}/d${kind}${neuron}(1)`, `d${output}/d${kind}${neuron}`]));
  }
  for (const name of [...names, id]) {
    const found = document.getElementById(name);
    if (found) return found;
  }
  const standing = (name) => one(`.display [data-id="${CSS.escape(name)}"], .table [data-id="${CSS.escape(name)}"]`, main);
  const first = standing(id) ?? standing(/^d(.+)\/d/.exec(id)?.[1]);
  return first && holder(first);
}

function light(id) {
  const ways = parts.find((part) => part.dataset.id === id && part.dataset.path)?.dataset.path ?? "";
  const path = new Map(ways.split(" ").map((step) => step.split(/:(?=\d$)/)));
  if (id && !path.has(id)) path.set(id, "0");
  for (const part of parts) {
    const mark = path.get(part.dataset.id);
    part.setAttribute("class", mark ? `${plain.get(part)} on m${mark}` : plain.get(part));
  }
  network?.classList.toggle("lit", Boolean(id));
  for (const shown of all(".display.here")) shown.classList.remove("here");
}

function visit(derivation) {
  for (const shown of all(".display.here")) shown.classList.remove("here");
  derivation.classList.add("here");
  bring(derivation.closest(".segment") ?? derivation, "center");
  derivation.focus({ preventScroll: true });
}

function choose(part) {
  const id = part.dataset.id;
  const derivation = derivationOf(id);
  light(id);
  if (derivation) visit(derivation);
}

// lines are thin: beside them the nearest is meant, up to 8 pixels away
function nearest({ clientX, clientY }) {
  const screen = network.getScreenCTM();
  const { x, y } = new DOMPoint(clientX, clientY).matrixTransform(screen.inverse());
  let [least, found] = [8 / screen.a, null];
  for (const part of parts.filter((some) => some.hasAttribute("tabindex"))) {
    for (const line of all("line, polyline", part)) {
      const ends = line.points ? [...line.points] : [1, 2].map((n) => ({ x: line[`x${n}`].baseVal.value, y: line[`y${n}`].baseVal.value }));
      for (const [n, a] of ends.slice(0, -1).entries()) {
        const [dx, dy] = [ends[n + 1].x - a.x, ends[n + 1].y - a.y];
        const along = Math.max(0, Math.min(1, ((x - a.x) * dx + (y - a.y) * dy) / (dx * dx + dy * dy)));
        const away = Math.hypot(a.x + along * dx - x, a.y + along * dy - y);
        if (away < least) [least, found] = [away, part];
      }
    }
  }
  return found;
}

if (network) {
  const beside = (event) => (event.target.closest("g[data-id]") ? null : nearest(event));
  network.addEventListener("click", (event) => { const part = beside(event); if (part) choose(part); });
  network.addEventListener("pointermove", (event) => { network.style.cursor = beside(event) ? "pointer" : ""; });
  network.setAttribute("role", "group"); // as an image it would have no parts
  for (const part of parts) {
    part.addEventListener("click", () => choose(part));
    const title = one("title", part)?.textContent;
    if (!title) continue; // the label of another part
    part.setAttribute("tabindex", "0");
    part.setAttribute("role", "button");
    part.setAttribute("aria-label", title);
  }
}

// ---- Line by line: what comes later keeps its room, so nothing moves.

const stepper = one(".stepper");
const units = all(".display mtr, p, li, .flow > div, .figure, tr", main).filter(
  (unit) => !unit.closest("mtable.matrix, .about") && !(unit.matches("thead tr") || unit.closest("td")));
let at = -1; // the unit that was shown last; -1 while all are shown

function step(to) {
  if (at < 0) for (const unit of units.slice(to + 1)) unit.classList.add("later");
  else units[at].classList.remove("now");
  for (let n = at + 1; at >= 0 && n <= to; n++) units[n].classList.remove("later");
  for (let n = to + 1; n <= at; n++) units[n].classList.add("later");
  at = to;
  const unit = units[at];
  unit.classList.add("now");
  stepper.hidden = false;
  const [bar, text] = [one("progress", stepper), one("output", stepper)];
  bar.max = units.length;
  bar.value = at + 1;
  text.textContent = `Line ${at + 1} of ${units.length}`;
  one("[data-do=back]", stepper).disabled = at === 0;
  one("[data-do=next]", stepper).disabled = at === units.length - 1;
  bring(unit, "center");
  say(unit);
}

function say(unit) {
  let copies = [...unit.childNodes].map((node) => node.cloneNode(true));
  if (unit.matches("mtr")) {
    const math = document.createElementNS("http://www.w3.org/1998/Math/MathML", "math");
    math.append(...copies.flatMap((cell) => [...cell.childNodes]));
    copies = [math];
  }
  spoken.replaceChildren(...(unit.matches(".figure") ? [one("desc", unit)?.textContent ?? ""] : copies));
}

function start() {
  if (!units.length || !one("[data-do=step]")) return;
  const top = Math.max(0, one("#overview")?.getBoundingClientRect().bottom ?? 0);
  const first = units.findIndex((unit) => unit.getBoundingClientRect().bottom > top);
  step(Math.max(0, first));
  one("[data-do=next]", stepper).focus({ preventScroll: true });
}

function stop() {
  if (at < 0) return false;
  units[at].classList.remove("now");
  for (const unit of all(".later", main)) unit.classList.remove("later");
  at = -1;
  stepper.hidden = true;
  one("[data-do=step]").focus({ preventScroll: true });
  return true;
}

const next = () => { if (at < units.length - 1) step(at + 1); };
const back = () => { if (at > 0) step(at - 1); };

// ---- Buttons and keys.

const actions = {
  step: start,
  next,
  back,
  all: stop,
  pin: () => {
    const isFree = document.documentElement.classList.toggle("free");
    one("[data-do=pin]").setAttribute("aria-pressed", String(!isFree));
  },
  keys: () => one("#keys").showModal(),
  theme: () => {
    const root = document.documentElement;
    const dark = root.dataset.theme ? root.dataset.theme === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
    root.dataset.theme = dark ? "light" : "dark";
  },
};
for (const button of all("[data-do]")) button.addEventListener("click", () => actions[button.dataset.do]());

function leave() {
  const symbol = seen;
  if (hush()) {
    const box = symbol === document.activeElement && holder(symbol);
    if (box?.hasAttribute("tabindex")) box.focus({ preventScroll: true });
    return true;
  }
  if (stop()) return true;
  if (!network?.classList.contains("lit")) return false;
  light(null);
  return true;
}

// true where the key was meant for the page
function pressed(key, target) {
  if (key === "Escape") return leave();
  const part = target.closest("#overview g[data-id]");
  if (part && (key === "Enter" || key === " ")) return choose(part), true;
  if (target.closest("button, a, summary, dialog")) {
    if (key === " " || key === "Enter") return false;
  }
  const symbol = symbolAt(target);
  if (symbol && (key === "ArrowRight" || key === "ArrowLeft")) {
    const some = symbolsOf(holder(symbol) ?? symbol.closest("p, li, main"));
    const other = some[some.indexOf(symbol) + (key === "ArrowRight" ? 1 : -1)];
    if (other) enter(other);
    return true;
  }
  if (symbol && (key === "Enter" || key === " ")) return tell(symbol), true;
  if (at >= 0 && ["ArrowRight", " ", "PageDown"].includes(key)) return next(), true;
  if (at >= 0 && ["ArrowLeft", "PageUp"].includes(key)) return back(), true;
  if (key === "Enter" && target.matches(".display, .table")) {
    const [first] = symbolsOf(target);
    if (first) enter(first);
    return Boolean(first);
  }
  if (key === "s" && at < 0) return start(), true;
  if (key === "?") return actions.keys(), true;
  return false;
}

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.altKey || event.metaKey || one("dialog[open]")) return;
  if (pressed(event.key, event.target)) event.preventDefault();
});
})();
