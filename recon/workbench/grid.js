// FrameGrid: draws the rows that Python holds, as far as they are in sight. A plain ES module, no build step.
//
// Python owns rows, order, selection and checks (grid.py says which messages there are). This file owns what belongs
// to one view: the scroll position, the cursor's cell, the open editor. Rows are named by id in both directions.
// Text from the data goes to the page through textContent only, since the names of payers are not to be trusted.

const OVERSCAN = 8; // rows drawn above and below those in sight, so that a small scroll shows no gap
const PAGES_KEPT = 60;
const PAGES_ASKED = 3; // at once: while a person drags the scroll bar, pages that passed by are not worth asking for
const ASK_AGAIN_MS = 5000; // an interrupted kernel may never answer
const SETTLE_MS = 1500; // JupyterLab moves new outputs about, and whatever is moved forgets how far it was scrolled
const FOCUS_MS = 80; // a held arrow key tells Python where it stopped, not every row on the way
const SIGNS = { ok: "✓", warn: "◐", bad: "✕", dup: "=", done: "●", info: "ℹ" };

let viewsMade = 0; // makes element ids unique on the page

function element(tag, className, attributes = {}) {
  const made = document.createElement(tag);
  made.className = className;
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
  return made;
}

function decoded([id, selected, tone, refused, ...cells]) {
  return { id, selected: Boolean(selected), tone, refused: refused || {}, cells };
}

const counted = (number) => number.toLocaleString("en-US");

// JupyterLab takes single letters for commands while a cell's output has the focus: "d d" deletes the cell, on a button
// as well as in a grid. It looks for this mark on the element with the focus and upwards, and stops at the first that
// its command is meant for, which is the element with the focus itself: so every one is marked when the focus comes.
const SUPPRESS = "data-lm-suppress-shortcuts";

function suppressShortcutsOn(focused) {
  focused.setAttribute(SUPPRESS, "true");
}

function suppressShortcutsIn(output) {
  if (output.hasAttribute(SUPPRESS)) return;
  suppressShortcutsOn(output);
  output.addEventListener("focusin", (event) => suppressShortcutsOn(event.target));
  if (output.contains(document.activeElement)) suppressShortcutsOn(document.activeElement);
}

// ---- The pages of rows that this view has ----

class Pages {
  constructor(size, ask) {
    this.size = size;
    this.ask = ask;
    this.kept = new Map(); // page number -> { revision, rows }
    this.asked = new Map(); // page number -> time
    this.revision = -1;
  }

  // Rows of an earlier revision stay in sight until the new ones arrive: no flicker.
  renew(revision) {
    if (revision === this.revision) return;
    this.revision = revision;
    this.asked.clear();
  }

  at(row) {
    return this.kept.get(Math.floor(row / this.size))?.rows[row % this.size];
  }

  isStale(row) {
    return this.kept.get(Math.floor(row / this.size))?.revision !== this.revision;
  }

  want(first, last) {
    const now = Date.now();
    for (const [page, time] of this.asked) if (now - time > ASK_AGAIN_MS) this.asked.delete(page);
    for (let page = Math.floor(first / this.size); page <= Math.floor(last / this.size); page++) {
      if (this.asked.size >= PAGES_ASKED) return;
      if (this.asked.has(page) || this.kept.get(page)?.revision === this.revision) continue;
      this.asked.set(page, now);
      this.ask(page);
    }
  }

  receive({ page, revision, rows }) {
    if (revision !== this.revision) return;
    this.asked.delete(page);
    this.kept.set(page, { revision, rows: rows.map(decoded) });
    if (this.kept.size > PAGES_KEPT) this.kept.delete(this.furthestFrom(page));
  }

  furthestFrom(page) {
    return [...this.kept.keys()].reduce((far, next) => (Math.abs(next - page) > Math.abs(far - page) ? next : far));
  }

  change(row) {
    for (const { rows } of this.kept.values()) {
      const at = rows.findIndex(({ id }) => id === row.id);
      if (at >= 0) rows[at] = row;
    }
  }
}

// ---- One view of a grid ----

class GridView {
  constructor(model, host) {
    this.model = model;
    this.host = host;
    this.name = `fg${++viewsMade}`;
    this.columns = model.get("columns");
    this.view = model.get("view");
    this.pages = new Pages(model.get("page_rows"), (page) => this.post({ t: "rows", page }));
    this.pages.renew(this.view.revision);
    this.drawn = new Map(); // row number -> element
    this.cursor = { row: Math.max(0, this.view.focused_row), column: 0 };
    this.told = this.view.focused_id; // the row that Python knows as the one with the cursor
    this.anchor = null; // the id at which a range begins
    this.editor = null;
    this.sent = new Map(); // "id key" -> text of an edit that Python has not answered yet
    this.sortSent = null; // the order asked for, until Python has brought it about
    this.isHidden = true; // not on the page yet
    this.scrolled = 0;
    this.build();
    this.listen();
    this.apply();
    suppressShortcutsOn(this.root);
    this.setLength();
    this.reveal();
    this.settling = this.view.focused_row > 0; // keeps the row with the cursor in sight until the page has settled
    this.settleTimer = setTimeout(() => this.settle(), SETTLE_MS);
  }

  settle() {
    this.settling = false;
    clearTimeout(this.settleTimer);
  }

  // ---- The page's elements ----

  build() {
    const selectable = this.model.get("selectable");
    this.offset = selectable ? 2 : 1; // the aria-colindex of the first column
    this.rowHeight = this.model.get("row_height");
    this.frame = element("div", "fg-frame");
    this.root = element("div", "fg", {
      role: "grid",
      tabindex: "0",
      "aria-multiselectable": String(selectable),
      "aria-colcount": this.columns.length + this.offset - 1,
      "aria-keyshortcuts": "Alt+S F2 Enter Space Control+A",
    });
    this.root.classList.toggle("fg-selectable", selectable);
    this.root.style.setProperty("--fg-columns", this.template(selectable));
    // Not the browser's own least width: it would give every flexible column as much as the widest of them needs.
    const least = this.columns.reduce((sum, { width }) => sum + width, selectable ? 36 : 0);
    this.root.style.setProperty("--fg-least-width", `${least}px`);
    this.root.style.setProperty("--fg-row-height", `${this.rowHeight}px`);
    this.head = element("div", "fg-head", { role: "row", "aria-rowindex": 1 });
    if (selectable) this.head.append(this.buildSelectAll());
    this.headings = this.columns.map((column, at) => this.buildHeading(column, at));
    this.head.append(...this.headings);
    this.body = element("div", "fg-body", { role: "rowgroup" });
    const headGroup = element("div", "fg-head-group", { role: "rowgroup" });
    headGroup.append(this.head);
    this.root.append(headGroup, this.body);
    this.empty = element("div", "fg-empty");
    this.alert = element("div", "fg-alert", { role: "alert" });
    this.status = element("div", "fg-unseen", { role: "status" });
    this.frame.append(this.root, this.empty, this.alert);
    this.host.classList.add("fg-host");
    this.host.append(this.frame, this.status);
  }

  template(selectable) {
    const widths = this.columns.map(({ width, flex }) => (flex ? `minmax(${width}px, ${flex}fr)` : `${width}px`));
    return (selectable ? "36px " : "") + widths.join(" ");
  }

  buildSelectAll() {
    const heading = element("span", "fg-heading fg-mark", { role: "columnheader", "aria-colindex": 1 });
    this.selectAll = element("input", "", { type: "checkbox", tabindex: "-1", "aria-label": "Select all rows" });
    this.selectAll.title = "Select all rows, or none (Ctrl+A, Esc)";
    heading.append(this.selectAll);
    return heading;
  }

  buildHeading(column, at) {
    const heading = element("span", `fg-heading fg-${column.kind}`, {
      role: "columnheader",
      "aria-colindex": at + this.offset,
      "data-col": column.key,
      title: `Sort by ${column.label} (Alt+S)`,
    });
    const text = element("span", "fg-heading-text");
    text.textContent = column.label;
    heading.append(text, element("span", "fg-arrow", { "aria-hidden": "true" }));
    return heading;
  }

  // ---- Events ----

  listen() {
    const off = new AbortController();
    const on = (target, event, act, options = {}) => target.addEventListener(event, act, { ...options, signal: off.signal });
    on(this.root, "keydown", (event) => this.pressed(event));
    on(this.root, "scroll", () => this.redraw(), { passive: true });
    for (const event of ["wheel", "pointerdown", "keydown", "touchstart"]) {
      on(this.root, event, () => this.settle(), { passive: true, capture: true });
    }
    on(this.root, "focusin", () => this.focused());
    on(this.root, "focusout", () => this.tellFocus());
    on(this.root, "copy", (event) => this.copied(event));
    on(this.body, "mousedown", (event) => this.pointed(event));
    on(this.body, "click", (event) => event.target.matches("input[type=checkbox]") && event.preventDefault());
    on(this.body, "dblclick", (event) => this.pointedTwice(event));
    on(this.head, "click", (event) => this.headClicked(event));
    const sizes = new ResizeObserver(() => this.resized());
    sizes.observe(this.root);
    const heard = {
      "msg:custom": (message) => this.receive(message),
      "change:view": () => this.changed(),
    };
    for (const name of ["label", "height", "empty_text"]) heard[`change:${name}`] = () => this.apply();
    for (const [name, act] of Object.entries(heard)) this.model.on(name, act);
    this.stop = () => {
      off.abort();
      sizes.disconnect();
      for (const timer of [this.focusTimer, this.askTimer, this.settleTimer]) clearTimeout(timer);
      cancelAnimationFrame(this.frameAsked);
      for (const [name, act] of Object.entries(heard)) this.model.off(name, act);
    };
  }

  apply() {
    this.root.setAttribute("aria-label", this.model.get("label"));
    this.frame.style.height = `${this.model.get("height")}px`;
    this.redraw();
  }

  suppressShortcuts() {
    const output = this.host.closest(".jp-OutputArea-output");
    if (output) suppressShortcutsIn(output);
    else suppressShortcutsOn(this.root);
  }

  resized() {
    // A hidden tab page has no height, and some browsers forget how far it was scrolled.
    if (this.root.clientHeight && this.isHidden) this.root.scrollTop = this.scrolled;
    this.isHidden = !this.root.clientHeight;
    this.suppressShortcuts();
    this.redraw();
  }

  focused() {
    this.suppressShortcuts();
    this.tellFocusSoon();
    this.redraw();
  }

  // ---- What Python says ----

  receive(message) {
    if (message.t === "page") this.pages.receive(message);
    else if (message.t === "changed") message.rows.map(decoded).forEach((row) => this.rowChanged(row));
    else if (message.t === "cursor") this.putCursor(message);
    else if (message.t === "alert") this.alert.textContent = message.text;
    this.redraw();
  }

  rowChanged(row) {
    for (const { key } of this.columns) this.sent.delete(`${row.id} ${key}`);
    this.pages.change(row);
  }

  changed() {
    const before = this.view;
    this.view = this.model.get("view");
    this.setLength();
    this.pages.renew(this.view.revision);
    if (this.view.ordering !== before.ordering) this.reordered();
    if (String(this.view.sort) === String(this.sortSent)) this.sortSent = null;
    if (String(this.view.sort) !== String(before.sort)) this.saySorted();
    else if (this.view.selected !== before.selected) this.say(`${counted(this.view.selected)} selected`);
    else if (this.view.rows !== before.rows) this.say(`${counted(this.view.rows)} rows`);
    this.redraw();
  }

  // Python says where the row with the cursor went. An open editor goes with its row, and stays where it is when the
  // row is gone: what was typed is still sent with the row's id, and Python says what became of it.
  reordered() {
    const held = this.editor && this.drawn.get(this.editor.row);
    if (held) this.drawn.delete(this.editor.row);
    if (this.view.focused_row >= 0 && (!this.editor || this.editor.id === this.view.focused_id)) {
      this.told = this.view.focused_id;
      this.cursor.row = this.view.focused_row;
      if (this.editor) this.editor.row = this.cursor.row;
      this.reveal();
    }
    if (!held) return;
    this.drawn.get(this.editor.row)?.remove();
    this.drawn.set(this.editor.row, held);
    this.place(held, this.editor.row);
  }

  putCursor({ row, id }) {
    this.told = id;
    this.anchor = id;
    this.cursor.row = row;
    this.reveal();
  }

  say(words) {
    this.status.textContent = words;
  }

  saySorted() {
    const [key, descending] = this.view.sort;
    const column = this.columns.find((one) => one.key === key);
    this.say(column ? `Sorted by ${column.label}, ${descending ? "descending" : "ascending"}` : "In file order");
  }

  // ---- Drawing ----

  redraw() {
    this.frameAsked ||= requestAnimationFrame(() => {
      this.frameAsked = 0;
      this.paint();
    });
  }

  // At once, not with the next frame: whoever scrolls relies on the length.
  setLength() {
    const count = this.view.rows;
    this.cursor.row = Math.max(0, Math.min(this.cursor.row, count - 1));
    this.body.style.height = `${count * this.rowHeight}px`;
    this.root.setAttribute("aria-rowcount", count + 1);
  }

  paint() {
    const count = this.view.rows;
    this.empty.textContent = count ? "" : this.model.get("empty_text");
    this.paintHead();
    const room = this.root.clientHeight - this.head.offsetHeight;
    if (room <= 0) return; // hidden; the resize observer calls again
    if (this.settling) this.reveal();
    this.scrolled = this.root.scrollTop;
    const first = Math.max(0, Math.floor(this.scrolled / this.rowHeight) - OVERSCAN);
    const last = Math.min(count - 1, Math.ceil((this.scrolled + room) / this.rowHeight) + OVERSCAN);
    this.drop(first, last);
    if (last >= first) this.pages.want(first, last);
    for (let row = first; row <= last; row++) this.paintRow(row);
    // The row with the cursor is drawn even out of sight: keys act on it, and a screen reader is told of its cell.
    if (count) this.pages.want(this.cursor.row, this.cursor.row);
    if (count) this.paintRow(this.cursor.row);
    this.nameActiveCell();
    if (this.untold) this.tellFocusSoon();
    clearTimeout(this.askTimer);
    if (this.pages.asked.size) this.askTimer = setTimeout(() => this.redraw(), ASK_AGAIN_MS + 100);
  }

  paintHead() {
    const [key, descending] = this.view.sort;
    this.headings.forEach((heading, at) => {
      const order = this.columns[at].key !== key ? "none" : descending ? "descending" : "ascending";
      heading.setAttribute("aria-sort", order);
      heading.lastChild.textContent = { none: "", ascending: "▲", descending: "▼" }[order];
    });
    if (!this.selectAll) return;
    const { selected_shown: selected, rows } = this.view;
    this.selectAll.checked = selected > 0 && selected === rows;
    this.selectAll.indeterminate = selected > 0 && selected < rows;
  }

  drop(first, last) {
    for (const [row, drawn] of this.drawn) {
      if ((row >= first && row <= last) || row === this.editor?.row) continue;
      drawn.remove();
      this.drawn.delete(row);
    }
  }

  paintRow(row) {
    let drawn = this.drawn.get(row);
    if (!drawn) {
      drawn = element("div", "fg-row", { role: "row" });
      this.place(drawn, row);
      this.drawn.set(row, drawn);
      this.body.append(drawn);
    }
    if (row === this.editor?.row) return; // its cells stay as they are while one of them is an input field
    const data = this.pages.at(row);
    const column = row === this.cursor.row ? this.cursor.column : -1;
    const picture = data ? JSON.stringify([data, column, this.pages.isStale(row), this.unanswered(data)]) : "";
    if (drawn.picture === picture) return;
    drawn.picture = picture;
    if (data) this.fillRow(drawn, row, data, column);
    else this.emptyRow(drawn);
  }

  place(drawn, row) {
    drawn.row = row;
    drawn.style.transform = `translateY(${row * this.rowHeight}px)`;
    drawn.setAttribute("aria-rowindex", row + 2);
  }

  unanswered(data) {
    return this.sent.size ? this.columns.map(({ key }) => this.sent.get(`${data.id} ${key}`)) : [];
  }

  emptyRow(drawn) {
    drawn.className = "fg-row fg-waiting";
    drawn.setAttribute("aria-busy", "true");
    drawn.replaceChildren(element("span", "fg-cell", { role: "gridcell" }));
  }

  fillRow(drawn, row, data, column) {
    drawn.className = `fg-row fg-tone-${data.tone || "none"}`;
    drawn.classList.toggle("fg-selected", data.selected);
    drawn.classList.toggle("fg-stale", this.pages.isStale(row));
    drawn.classList.toggle("fg-current-row", column >= 0);
    drawn.classList.toggle("fg-odd", row % 2 === 1);
    drawn.removeAttribute("aria-busy");
    const cells = this.columns.map((_, at) => this.cell(row, data, at, at === column));
    if (this.selectAll) {
      drawn.setAttribute("aria-selected", String(data.selected));
      cells.unshift(this.mark(row, data));
    }
    drawn.replaceChildren(...cells);
  }

  mark(row, data) {
    const cell = element("span", "fg-cell fg-mark", { role: "gridcell", "aria-colindex": 1 });
    const box = element("input", "", { type: "checkbox", tabindex: "-1", "aria-label": `Select row ${row + 1}` });
    box.checked = data.selected;
    cell.append(box);
    return cell;
  }

  cell(row, data, at, isCurrent) {
    const { key, kind, editable } = this.columns[at];
    const cell = element("span", `fg-cell fg-${kind}`, {
      role: "gridcell",
      id: this.cellId(row, at),
      "aria-colindex": at + this.offset,
      "aria-readonly": String(!editable),
      "data-col": key,
    });
    const sent = this.sent.get(`${data.id} ${key}`);
    const text = sent ?? data.cells[at];
    cell.classList.toggle("fg-editable", editable);
    cell.classList.toggle("fg-current", isCurrent);
    cell.classList.toggle("fg-sent", sent !== undefined);
    if (kind === "status" && text) cell.append(this.pill(data.tone, text));
    else cell.textContent = text;
    const refused = data.refused[key];
    if (refused) {
      cell.classList.add("fg-refused");
      cell.setAttribute("aria-invalid", "true");
    }
    if (text) cell.title = refused ?? text;
    return cell;
  }

  pill(tone, text) {
    const pill = element("span", `fg-pill fg-pill-${tone || "none"}`);
    const sign = element("span", "fg-sign", { "aria-hidden": "true" });
    sign.textContent = SIGNS[tone] ?? "";
    const word = element("span", "fg-word");
    word.textContent = text;
    pill.append(sign, word);
    return pill;
  }

  cellId(row, column) {
    return `${this.name}-${row}-${column}`;
  }

  nameActiveCell() {
    if (this.pages.at(this.cursor.row)) {
      this.root.setAttribute("aria-activedescendant", this.cellId(this.cursor.row, this.cursor.column));
    } else this.root.removeAttribute("aria-activedescendant");
  }

  // ---- The cursor ----

  get here() {
    return this.pages.at(this.cursor.row);
  }

  go(row, column, { extend = false } = {}) {
    if (!this.view.rows) return;
    if (extend) this.anchor ??= this.here?.id ?? null;
    this.cursor.row = Math.max(0, Math.min(this.view.rows - 1, row));
    this.cursor.column = Math.max(0, Math.min(this.columns.length - 1, column));
    if (!extend) this.anchor = null;
    else if (this.here && this.anchor !== null) this.send({ t: "range", anchor: this.anchor, id: this.here.id });
    this.untold = true;
    this.reveal();
    this.redraw();
  }

  // Scrolls as little as needed to bring the cursor's cell into sight, below the heading.
  reveal() {
    const top = this.cursor.row * this.rowHeight;
    const room = this.root.clientHeight - this.head.offsetHeight;
    if (room <= 0) {
      this.scrolled = Math.max(0, top);
      return;
    }
    if (top < this.root.scrollTop) this.root.scrollTop = top;
    else if (top + this.rowHeight > this.root.scrollTop + room) this.root.scrollTop = top + this.rowHeight - room;
    const { offsetLeft: left, offsetWidth: width } = this.headings[this.cursor.column];
    if (left < this.root.scrollLeft) this.root.scrollLeft = this.cursor.column ? left : 0;
    else if (left + width > this.root.scrollLeft + this.root.clientWidth) {
      this.root.scrollLeft = left + width - this.root.clientWidth;
    }
  }

  tellFocusSoon() {
    this.untold = true;
    if (!this.here) return; // told when its page has come
    clearTimeout(this.focusTimer);
    this.focusTimer = setTimeout(() => this.tellFocus(), FOCUS_MS);
  }

  tellFocus() {
    clearTimeout(this.focusTimer);
    if (!this.untold || !this.here || this.pages.isStale(this.cursor.row)) return;
    this.untold = false;
    if (this.here.id === this.told) return;
    this.told = this.here.id;
    this.post({ t: "focus", id: this.told });
  }

  // Whatever a person does, Python first hears on which row.
  send(message) {
    this.tellFocus();
    this.post(message);
  }

  // After a restart of the kernel there is nobody to send to until the cells are run again.
  async post(message) {
    try {
      await this.model.send(message);
    } catch {
      this.alert.textContent = "The kernel was started anew: run all cells again. What is typed here is not kept.";
    }
  }

  // ---- Selection and sorting ----

  toggle() {
    if (!this.selectAll || !this.here) return;
    this.anchor = this.here.id;
    this.send({ t: "toggle", id: this.here.id });
  }

  // Up, down, as it was. A second click may come before Python's answer to the first.
  sort(column) {
    const [key, descending] = this.sortSent ?? this.view.sort;
    if (key !== column.key) this.sortSent = [column.key, false];
    else this.sortSent = descending ? ["", false] : [key, true];
    this.send({ t: "sort", key: this.sortSent[0], descending: this.sortSent[1] });
  }

  // ---- The keyboard ----

  pressed(event) {
    if (event.isComposing) return;
    const isUsed = this.editor ? this.pressedInEditor(event) : this.pressedInGrid(event);
    if (isUsed) event.preventDefault();
    if (isUsed || this.editor) event.stopPropagation();
  }

  pressedInGrid(event) {
    const { key, shiftKey } = event;
    const control = event.ctrlKey || event.metaKey;
    if (event.altKey) return event.code === "KeyS" ? (this.sort(this.columns[this.cursor.column]), true) : this.hotkey(event);
    if (this.move(key, control, shiftKey)) return true;
    if (key === " " && !control) this.toggle();
    else if (control && key.toLowerCase() === "a") this.send({ t: "all" });
    else if (key === "Escape") return this.escape();
    else if (key === "F2") this.openEditor();
    else if (key === "Enter" && !control && !shiftKey) this.open();
    else if (key.length === 1 && !control && this.columns[this.cursor.column].editable) this.openEditor(key);
    else return this.hotkey(event);
    return true;
  }

  move(key, control, extend) {
    const { row, column } = this.cursor;
    const page = Math.max(1, Math.floor((this.root.clientHeight - this.head.offsetHeight) / this.rowHeight) - 1);
    const last = { row: this.view.rows - 1, column: this.columns.length - 1 };
    const targets = {
      ArrowDown: [row + 1, column],
      ArrowUp: [row - 1, column],
      ArrowRight: [row, column + 1],
      ArrowLeft: [row, column - 1],
      PageDown: [row + page, column],
      PageUp: [row - page, column],
      Home: control ? [0, column] : [row, 0],
      End: control ? [last.row, column] : [row, last.column],
    };
    const target = targets[key];
    if (!target) return false;
    this.go(...target, { extend: extend && target[0] !== row && Boolean(this.selectAll) });
    return true;
  }

  escape() {
    const isUsed = Boolean(this.alert.textContent || this.view.selected);
    this.alert.textContent = "";
    if (this.view.selected) this.send({ t: "none" });
    return isUsed;
  }

  open() {
    if (this.here) this.send({ t: "open", id: this.here.id });
  }

  hotkey(event) {
    const plain = event.key.length === 1;
    const letter = event.altKey && event.code.startsWith("Key") ? event.code.slice(3).toLowerCase() : event.key;
    const held = (event.ctrlKey || event.metaKey ? "Ctrl+" : "") + (event.altKey ? "Alt+" : "");
    const name = held + (event.shiftKey && !plain ? "Shift+" : "") + letter;
    if (!this.here || !this.model.get("hotkeys").includes(name)) return false;
    this.send({ t: "key", key: name, id: this.here.id });
    return true;
  }

  copied(event) {
    if (this.editor || !this.here || String(document.getSelection())) return;
    event.clipboardData.setData("text/plain", this.here.cells[this.cursor.column]);
    event.preventDefault();
  }

  // ---- The editor ----

  openEditor(typed) {
    const { row, column } = this.cursor;
    const { key, kind, label, editable } = this.columns[column];
    const data = this.here;
    this.paint(); // the row may have come into sight only now
    const cell = this.drawn.get(row)?.querySelector(`[data-col="${CSS.escape(key)}"]`);
    if (!editable || !data || !cell) return;
    const old = kind === "money" ? data.cells[column].replaceAll(",", "") : data.cells[column];
    const input = element("input", "fg-input", { type: "text", "aria-label": `${label}, row ${row + 1}`, autocomplete: "off" });
    if (kind === "money") input.inputMode = "decimal";
    if (kind === "date") input.placeholder = "YYYY-MM-DD";
    input.value = typed ?? old;
    this.alert.textContent = "";
    if (data.refused[key]) this.send({ t: "amend", id: data.id, key });
    this.editor = { row, column, input, old, id: data.id, key };
    cell.replaceChildren(input);
    cell.classList.add("fg-editing");
    input.addEventListener("blur", () => this.left());
    input.focus();
    input.setSelectionRange(input.value.length, input.value.length);
  }

  // A click elsewhere keeps what was typed; another window coming to the front does not end the editing.
  left() {
    if (this.editor && document.activeElement !== this.editor.input) this.closeEditor({ keep: true });
  }

  closeEditor({ keep }) {
    const { row, input, old, id, key } = this.editor;
    this.editor = null;
    const text = input.value;
    const drawn = this.drawn.get(row);
    if (drawn) drawn.picture = null;
    if (keep && text !== old) {
      this.sent.set(`${id} ${key}`, text);
      this.send({ t: "edit", id, key, text });
    }
    this.redraw();
  }

  pressedInEditor({ key, shiftKey }) {
    if (!["Escape", "Enter", "Tab"].includes(key)) return false;
    const { row, column } = this.editor;
    this.closeEditor({ keep: key !== "Escape" });
    this.root.focus({ preventScroll: true });
    if (key === "Enter") this.go(row + (shiftKey ? -1 : 1), column);
    if (key === "Tab") this.editNext(row, column, shiftKey ? -1 : 1);
    return true;
  }

  editNext(row, column, step) {
    let cell = row * this.columns.length + column + step;
    while (!this.columns[this.columnOf(cell)].editable) cell += step;
    const next = Math.floor(cell / this.columns.length);
    if (next < 0 || next >= this.view.rows) return;
    this.go(next, this.columnOf(cell));
    this.openEditor();
  }

  columnOf(cell) {
    const count = this.columns.length;
    return ((cell % count) + count) % count;
  }

  // ---- The mouse ----

  pointed(event) {
    const drawn = event.target.closest(".fg-row");
    if (!drawn || event.button !== 0 || event.target.closest(".fg-input")) return;
    event.preventDefault(); // keeps the focus from leaving the grid
    if (this.editor) this.closeEditor({ keep: true });
    this.root.focus({ preventScroll: true });
    const key = event.target.closest("[data-col]")?.dataset.col;
    const at = this.columns.findIndex((column) => column.key === key);
    const column = at < 0 ? this.cursor.column : at;
    if (event.shiftKey && this.selectAll) {
      this.go(drawn.row, column, { extend: true });
      return;
    }
    this.go(drawn.row, column);
    if (event.target.closest(".fg-mark") || event.ctrlKey || event.metaKey) this.toggle();
  }

  pointedTwice(event) {
    const key = event.target.closest("[data-col]")?.dataset.col;
    const column = this.columns.find((one) => one.key === key);
    if (!column || this.editor) return;
    if (column.editable) this.openEditor();
    else this.open();
  }

  headClicked(event) {
    if (event.target === this.selectAll) this.send({ t: this.selectAll.checked ? "all" : "none" });
    const key = event.target.closest("[data-col]")?.dataset.col;
    const at = this.columns.findIndex((column) => column.key === key);
    if (at >= 0) this.sort(this.columns[at]);
    this.root.focus({ preventScroll: true });
  }
}

function render({ model, el }) {
  const view = new GridView(model, el);
  return () => view.stop();
}

export default { render };
