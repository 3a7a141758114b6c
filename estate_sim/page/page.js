// The page of switches: asks for the whole state once a second and shows it.
const $ = (selector, root = document) => root.querySelector(selector);
const numbers = new Intl.NumberFormat("en");
const healthWords = { ok: "Running", broken: "Broken", blind: "Not readable", recovering: "Catching up" };
const cards = new Map();
const stories = new Map();
let state = null;

function set(element, text) {
  if (element.textContent !== text) element.textContent = text;
}

function fromTemplate(id, parent) {
  const element = $(`#${id}`).content.firstElementChild.cloneNode(true);
  parent.append(element);
  return element;
}

function ago(iso, now) {
  const seconds = Math.max(0, Math.round((Date.parse(now) - Date.parse(iso)) / 1000));
  if (seconds < 60) return `${seconds} s ago`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return `${minutes} min ${seconds % 60} s ago`;
  return `${Math.floor(minutes / 60)} h ${minutes % 60} min ago`;
}

async function post(path, body = {}) {
  try {
    await fetch(path, {
      method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify(body),
    });
  } finally {
    await refresh();
  }
}

const turn = (failure, connection, on) => post("/api/failures", { failure, connection, on });
const nameOf = (id) => state.connections.find((one) => one.id === id)?.name ?? id;
const titleOf = (id) => state.failures.find((one) => one.id === id)?.title ?? id;

function showChips(parent, items) {
  const key = JSON.stringify(items.map((item) => item.label));
  if (parent.dataset.key === key) return;
  parent.dataset.key = key;
  parent.replaceChildren(...items.map(({ label, hint, off }) => {
    const chip = document.createElement("button");
    chip.type = "button";
    chip.className = "chip";
    chip.textContent = `${label} ×`;
    chip.setAttribute("aria-label", hint);
    chip.title = hint;
    chip.addEventListener("click", off);
    return chip;
  }));
}

function makeStory(failure) {
  const element = fromTemplate("story", $("#stories"));
  $("h3", element).textContent = failure.title;
  $(".tells", element).textContent = failure.tells;
  $(".shows", element).textContent = `In Slack: ${failure.shows}`;
  const select = $("select", element);
  $("label", element).hidden = failure.shared;
  if (failure.shared) {
    set($(".members", element), `hits ${failure.members.length} connections at once`);
    $(".members", element).title = failure.members.map(nameOf).join(", ");
  } else {
    select.append(...failure.members.map((id) => new Option(nameOf(id), id, false, id === failure.example)));
    select.addEventListener("change", render);
  }
  const toggle = $(".switch", element);
  toggle.setAttribute("aria-label", failure.title);
  toggle.addEventListener("click", () => {
    const on = toggle.getAttribute("aria-checked") !== "true";
    turn(failure.id, failure.shared ? null : select.value, on);
  });
  return element;
}

function renderStory(failure) {
  if (!stories.has(failure.id)) stories.set(failure.id, makeStory(failure));
  const element = stories.get(failure.id);
  const chosen = failure.shared ? failure.members[0] : $("select", element).value;
  element.classList.toggle("on", failure.on.length > 0);
  $(".switch", element).setAttribute("aria-checked", String(failure.on.includes(chosen)));
  showChips($(".chips", element), failure.shared ? [] : failure.on.map((id) => ({
    label: nameOf(id), hint: `Mend ${nameOf(id)}`, off: () => turn(failure.id, id, false),
  })));
}

function spark(history) {
  const points = history.length ? history : [0];
  const top = Math.max(10, ...points) * 1.1;
  const step = 180 / 89;
  const line = points.map((value, n) => {
    const x = (180 - (points.length - 1 - n) * step).toFixed(1);
    return `${n ? "L" : "M"}${x} ${(33 - (value / top) * 31).toFixed(1)}`;
  }).join("");
  const left = (180 - (points.length - 1) * step).toFixed(1);
  return { line, area: `${line}L180 34L${left} 34Z` };
}

function renderCard(one) {
  if (!cards.has(one.id)) cards.set(one.id, fromTemplate("card", $("#cards")));
  const element = cards.get(one.id);
  element.className = `card ${one.health}`;
  element.dataset.id = one.id;
  set($("h3", element), one.name);
  set($(".route", element), `${one.source} ${one.both_ways ? "↔" : "→"} ${one.target}`);
  set($(".badge", element), healthWords[one.health]);
  set($(".last", element), ago(one.last_success_at, state.now));
  set($(".depth", element), numbers.format(one.queue.depth));
  set($(".done", element), `${numbers.format(one.processed_today)} ${one.noun}`);
  const failed = one.errors.reduce((sum, error) => sum + error.count, 0);
  set($(".failed", element), numbers.format(failed));
  $(".failed", element).classList.toggle("some", failed > 0);
  set($(".error", element), one.errors[0]?.text ?? "");
  $(".error", element).title = one.errors[0]?.text ?? "";
  const { line, area } = spark(one.history);
  $(".line", element).setAttribute("d", line);
  $(".area", element).setAttribute("d", area);
  showChips($(".chips", element), one.failures.map((failure) => {
    const shared = state.failures.find((story) => story.id === failure).shared;
    return {
      label: titleOf(failure),
      hint: shared ? `Mend “${titleOf(failure)}” everywhere` : `Mend “${titleOf(failure)}” here`,
      off: () => turn(failure, one.id, false),
    };
  }));
}

function summary() {
  const count = (health) => state.connections.filter((one) => one.health === health).length;
  const parts = [`${count("ok")} of ${state.connections.length} connections running`];
  if (count("broken")) parts.push(`${count("broken")} broken`);
  if (count("blind")) parts.push(`${count("blind")} not readable`);
  if (count("recovering")) parts.push(`${count("recovering")} catching up`);
  return parts.join(" · ");
}

function render() {
  if (!state) return;
  state.failures.forEach(renderStory);
  state.connections.forEach(renderCard);
  set($("#summary"), summary());
  set($("#pace"), `Traffic runs ${state.pace} times as fast as in life. The line is what waits or stands in error.`);
  $("#reset").disabled = !state.failures.some((failure) => failure.on.length);
  $("#slack").hidden = !state.slack_url;
  if (state.slack_url) $("#slack").href = state.slack_url;
}

async function refresh() {
  try {
    const response = await fetch("/api/state");
    state = await response.json();
    $("#offline").hidden = true;
    render();
  } catch {
    $("#offline").hidden = false;
  }
}

$("#reset").addEventListener("click", () => post("/api/reset"));
await refresh();
setInterval(refresh, 1000);
