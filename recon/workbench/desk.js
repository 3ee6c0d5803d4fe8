// The desk: what ipywidgets cannot do by themselves. Keys that work anywhere on the screen, moving the focus, a double
// click in the memo, files handed to the browser. It draws nothing.

// "Alt+P" for a key pressed with Alt; the letters are those of the key, whatever the keyboard makes of Alt.
function nameOf(event) {
  const key = event.code.startsWith("Key") ? event.code.slice(3) : event.code.startsWith("Digit") ? event.code.slice(5) : event.key;
  return (event.ctrlKey ? "Ctrl+" : "") + (event.altKey ? "Alt+" : "") + (event.shiftKey ? "Shift+" : "") + key;
}

function controlIn(element) {
  if (!element) return null;
  if (element.matches("button,input,select,textarea,[tabindex]")) return element;
  return element.querySelector("[role=grid]") ?? element.querySelector("input:not([type=checkbox]),select,textarea,button");
}

// The screen may be drawn a while after Python says where the focus goes, longer on a busy machine, so it is tried for
// five seconds, or until it goes elsewhere.
let asked = 0;
function focusSoon(el, name, tries = 100, mine = ++asked) {
  if (mine !== asked) return;
  const controls = [...(el.closest(".rw")?.querySelectorAll("." + CSS.escape(name)) ?? [])].map(controlIn);
  const control = controls.find((found) => found && found.offsetParent !== null && !found.disabled);
  if (control) {
    // Not a jump of the whole page: only so far that the control's part of the screen is in sight. Once more when the
    // rest of the screen has found its place, for the notebook scrolls by itself when an output changes its height.
    const part = control.closest(".rw-pane,.rw-deposit,.rw-ask") ?? control;
    control.focus({ preventScroll: true });
    for (const wait of [0, 150, 400]) setTimeout(() => part.scrollIntoView({ block: "nearest" }), wait);
    if (control.select && control.type === "text") control.select();
  } else if (tries > 0) {
    setTimeout(() => focusSoon(el, name, tries - 1, mine), 50);
  }
}

function hand(message, buffers) {
  const blob = new Blob([buffers[0]], { type: message.type });
  const address = URL.createObjectURL(blob);
  setTimeout(() => URL.revokeObjectURL(address), 60_000);
  // A browser may refuse a new tab when the click is some seconds old; then the file is saved instead.
  const tab = message.show ? window.open(address, "_blank") : null;
  if (tab) {
    tab.opener = null;
    return;
  }
  const link = document.createElement("a");
  link.href = address;
  link.download = message.name;
  document.body.append(link);
  link.click();
  link.remove();
}

// Every control has a name that a screen reader can say: the widget's own label, else its tooltip or placeholder.
function nameControls(root) {
  for (const control of root.querySelectorAll("input,select,textarea")) {
    if (control.closest(".fg") || [...(control.labels ?? [])].some((label) => label.textContent.trim()) || control.getAttribute("aria-label")) continue;
    const box = control.closest("[title]");
    const words = control.getAttribute("placeholder") || control.title || box?.title;
    if (words) control.setAttribute("aria-label", words);
  }
  // An icon is a letter of a font; it is no part of a button's name.
  for (const icon of root.querySelectorAll("button i")) icon.setAttribute("aria-hidden", "true");
  for (const row of root.querySelectorAll(".lm-TabBar-content")) row.setAttribute("aria-label", "Payments");
}

function render({ model, el }) {
  el.style.display = "none";
  let root = null;

  const onKey = (event) => {
    const field = event.key === "Enter" ? event.target.closest(".rw-amount,.rw-memo") : null;
    if (field && field.closest(".rw-form")) {
      // What was typed reaches Python before the button does.
      event.target.dispatchEvent(new Event("change", { bubbles: true }));
      setTimeout(() => field.closest(".rw-form").querySelector(".rw-add")?.click(), 60);
      return;
    }
    const name = nameOf(event);
    const focus = model.get("shortcuts")[name];
    if (focus === undefined) return;
    if (name === "Escape") {
      // In a cell it keeps the old value, in a grid it takes the selection away: there it is the grid's as well.
      if (!event.target.closest(".fg-host input")) model.send({ t: "key", key: name });
      return;
    }
    event.preventDefault();
    event.stopPropagation();
    if (focus) focusSoon(el, focus);
    model.send({ t: "key", key: name });
  };
  const onDoubleClick = (event) => {
    const input = event.target.closest(".rw-memo")?.querySelector("input");
    if (!input) return;
    const at = input.selectionEnd ?? input.value.length;
    const text = model.get("memo_phrase");
    if (input.value.includes(text)) return;
    input.value = input.value.slice(0, at) + text + input.value.slice(at);
    input.dispatchEvent(new Event("input", { bubbles: true }));
    input.dispatchEvent(new Event("change", { bubbles: true }));
    input.setSelectionRange(at + text.length, at + text.length);
  };
  const onMessage = (message, buffers) => {
    if (message.t === "focus") focusSoon(el, message.on);
    else if (message.t === "file") hand(message, buffers);
  };

  // The widget is in the page only after this function returns; on a busy machine a good while after.
  let watcher = null;
  let waiting = null;
  const attach = () => {
    root = el.closest(".rw");
    if (!root) {
      waiting = setTimeout(attach, 50);
      return;
    }
    root.setAttribute("role", "region");
    root.setAttribute("aria-label", "Reconciliation workbench");
    // `d d` with the focus on a button would delete the notebook's cell: JupyterLab looks at the focused element alone.
    root.addEventListener("focusin", (event) => event.target.setAttribute("data-lm-suppress-shortcuts", "true"));
    root.addEventListener("keydown", onKey, true);
    root.addEventListener("dblclick", onDoubleClick);
    let naming = false;
    watcher = new MutationObserver(() => {
      if (naming) return;
      naming = true;
      setTimeout(() => { naming = false; nameControls(root); }, 100);
    });
    watcher.observe(root, { childList: true, subtree: true });
    nameControls(root);
  };
  waiting = setTimeout(attach);
  model.on("msg:custom", onMessage);

  return () => {
    clearTimeout(waiting);
    watcher?.disconnect();
    root?.removeEventListener("keydown", onKey, true);
    root?.removeEventListener("dblclick", onDoubleClick);
    model.off("msg:custom", onMessage);
  };
}

export default { render };
