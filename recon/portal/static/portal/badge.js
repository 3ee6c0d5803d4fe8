// Keeps the badge up to date while somebody looks at a page. Without it, each page shows the badge as of its making.
const badge = document.getElementById("badge");
if (badge) {
  const look = async () => {
    if (document.hidden) return;
    const answer = await fetch(badge.dataset.from, { headers: { Accept: "application/json" } }).catch(() => null);
    if (!answer || !answer.ok || answer.redirected) return;
    const { state, words } = await answer.json();
    if (badge.dataset.state === "busy" && state !== "busy") badge.title = "Load this page again to see what arrived";
    badge.dataset.state = state;
    badge.querySelector("span").textContent = words;
  };
  setInterval(look, 15000);
  document.addEventListener("visibilitychange", look);
}
