#include "services/registry/page/page.hpp"

namespace loquat::registry {

std::string_view page_style() {
    return R"(:root { color-scheme: light dark; --text: #1c1c1e; --back: #fff; --soft: #5c5c66; --line: #d9d9de;
  --up: #14713a; --down: #b3261e; --wait: #8a5300; --link: #1f5fd0; }
@media (prefers-color-scheme: dark) { :root { --text: #ececf0; --back: #17171a; --soft: #a5a5b0; --line: #37373d;
  --up: #5fd38d; --down: #ff8a80; --wait: #f2b866; --link: #8ab4ff; } }
* { box-sizing: border-box; }
body { margin: 0 auto; max-width: 76rem; padding: 1.5rem 1rem 3rem; color: var(--text); background: var(--back);
  font: 15px/1.5 system-ui, sans-serif; }
a { color: var(--link); }
.skip { position: absolute; left: -100vw; }
.skip:focus { left: 1rem; }
:focus-visible { outline: 3px solid var(--link); outline-offset: 2px; }
main:focus { outline: none; }
header { display: flex; flex-wrap: wrap; gap: .5rem 1.25rem; align-items: center; }
h1 { font-size: 1.4rem; margin: 0; }
#state { margin: 0; color: var(--soft); flex: 1; min-width: 8rem; }
header form { display: flex; flex-wrap: wrap; gap: .25rem .5rem; align-items: center; }
input, button { font: inherit; color: inherit; background: var(--back); border: 1px solid var(--soft); border-radius: 6px;
  padding: .35rem .6rem; min-height: 2.5rem; max-width: 100%; }
h2 { font-size: 1.05rem; margin: 2rem 0 .4rem; overflow-wrap: anywhere; }
.count, .total, small { color: var(--soft); font-weight: 400; }
.total { margin: .75rem 0 0; }
table { border-collapse: collapse; width: 100%; }
th, td { text-align: left; vertical-align: top; padding: .45rem .75rem .45rem 0; border-top: 1px solid var(--line);
  font-weight: 400; overflow-wrap: anywhere; }
thead th { color: var(--soft); border-top: 0; }
tbody th small { display: block; }
td time { white-space: nowrap; }
code { font: 13px/1.5 ui-monospace, monospace; }
.status { font-weight: 600; white-space: nowrap; color: var(--wait); }
.s-up { color: var(--up); }
.s-down, .s-out_of_service { color: var(--down); }
ul { padding-left: 1.2rem; }
@media (min-width: 48.01rem) {
  input { width: 19rem; }
  table { table-layout: fixed; }
  th:nth-child(1) { width: 34%; }
  th:nth-child(2) { width: 12rem; }
  th:nth-child(4), th:nth-child(5) { width: 5rem; }
}
@media (max-width: 48rem) {
  header form { width: 100%; }
  header label { flex-basis: 100%; }
  header input { flex: 1; min-width: 0; }
  thead { position: absolute; left: -200vw; }
  tr { display: block; padding: .5rem 0; border-top: 1px solid var(--line); }
  tbody th, td { display: block; border: 0; padding: .1rem 0; }
  td::before { content: attr(data-label) ": "; color: var(--soft); }
  td:empty { display: none; }
  form { width: 100%; }
  input { width: 100%; }
}
)";
}

std::string_view page_script() {
    return R"("use strict";
// The server makes the page; this fetches it again whenever the watch tells of a change.
const pause = 250;
const state = document.getElementById("state");
let source;
let timer;

function showState(text) {
  if (state.textContent !== text) state.textContent = text;
}

async function refresh() {
  timer = undefined;
  try {
    const answer = await fetch(location.href, { headers: { Accept: "text/html" } });
    if (!answer.ok) return;
    const fresh = new DOMParser().parseFromString(await answer.text(), "text/html").getElementById("list");
    const old = document.getElementById("list");
    const focused = old.contains(document.activeElement) ? document.activeElement.getAttribute("href") : null;
    old.replaceChildren(...fresh.childNodes);
    old.dataset.place = fresh.dataset.place;
    if (focused) [...old.querySelectorAll("a")].find((link) => link.getAttribute("href") === focused)?.focus();
  } catch {
    showState("The registry does not answer");
  }
}

function later() {
  timer ??= setTimeout(refresh, pause);
}

function follow() {
  const place = document.getElementById("list").dataset.place;
  source = new EventSource("/api/registry/watch?since=" + encodeURIComponent(place));
  source.addEventListener("current", () => showState("Live"));
  source.addEventListener("change", later);
  source.addEventListener("reset", later);
  source.addEventListener("error", () => {
    showState("The registry does not answer; trying again");
    if (source.readyState === EventSource.CLOSED) setTimeout(follow, 2000);
  });
}

setInterval(later, 15000);
follow();
)";
}

}  // namespace loquat::registry
