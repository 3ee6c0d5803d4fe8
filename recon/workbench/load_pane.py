"""Load Payments from Lockbox File: choose of the inbox, a path or an upload; see what it holds; load it (BTR-52)."""

from datetime import date
from pathlib import Path
from typing import Any

import ipywidgets

from recon import batches, money, store
from recon.batches import Terms
from recon.errors import InputRefused, ReconError, WrongUse
from recon.lockbox.reading import SUFFIXES
from recon.relations import PostingRules
from recon.rendering.html import element, given, joined
from recon.workbench.controls import button, put, row, shown, text
from recon.workbench.desk import Desk
from recon.workbench.parties import Parties
from recon.workbench.session import Session

_LARGEST_UPLOAD = 9_000_000  # bytes; a larger message may be cut off on its way without a word
_TEMPLATES = "templates"


class LoadPane:
    """The pane from which a lockbox file becomes a batch; `view` is what is shown."""

    def __init__(self, session: Session, desk: Desk, parties: Parties) -> None:
        self.session, self.desk = session, desk
        self.inbox = ipywidgets.Dropdown(description="Inbox", options=[("Choose a file …", "")])
        self.inbox.add_class("rw-inbox")
        self.path = ipywidgets.Text(description="or path", placeholder="folder/June10.csv")
        self.path.add_class("rw-path")
        self.upload = ipywidgets.FileUpload(
            accept=",".join(SUFFIXES), multiple=False, description="or upload (to 9 MB)"
        )
        self.template = ipywidgets.Checkbox(
            description="Local template, used again and again", indent=False, tooltip="Local template"
        )
        self.posting_date = ipywidgets.DatePicker(description="Posting date", tooltip="Empty: the file's own dates")
        self.account = ipywidgets.Dropdown(description="Bank account", options=[("By ledger", ""), *parties.accounts])
        self.entries = ipywidgets.Text(description="Entries", placeholder="control total, if known")
        self.total = ipywidgets.Text(description="Total", placeholder="control total, if known")
        self.again = ipywidgets.Text(description="Again, because", placeholder="only if it was loaded before")
        rules = (
            ("partial_pay", "Partial pay"),
            ("due_now", "Due now"),
            ("credit", "Use tenant credit"),
            ("alias", "Payer aliases"),
        )
        self.rules = {
            name: ipywidgets.Checkbox(description=words, indent=False, tooltip=words) for name, words in rules
        }
        self.preview = text()
        self.load = button(
            "Load",
            lambda: session.after_typing(self.submit),
            look="primary",
            icon="folder-open",
            name="rw-load",
            tip="Load this file",
        )
        self.view = ipywidgets.VBox(
            [
                text(element("h3", "Load Payments from Lockbox File")),
                self.inbox,
                self.path,
                self.upload,
                self.preview,
                self.template,
                self.posting_date,
                self.account,
                self.entries,
                self.total,
                row(*self.rules.values()),
                self.again,
                row(self.load, button("Close", self.close, tip="Close without loading")),
            ]
        )
        self.view.add_class("rw-pane")
        shown(self.view, is_shown=False)
        self.inbox.observe(lambda change: self._look(str(change["new"])), "value")
        self.path.observe(lambda change: self._look(str(change["new"])), "value")
        self.upload.observe(self._uploaded, "value")

    def open(self) -> None:
        """Show the files that wait in the inbox, newest first, and the templates."""
        self.inbox.options = [("Choose a file …", ""), *self._waiting()]
        shown(self.view, is_shown=True)
        self.desk.focus("rw-inbox")

    def close(self) -> None:
        """Load nothing."""
        shown(self.view, is_shown=False)
        self.desk.focus("rw-list")

    def submit(self) -> None:
        """`Load`: with the terms of the pane."""
        try:
            path, terms = self._chosen(), self._terms()
        except ReconError as error:
            self.session.say("bad", str(error))
            put(self.preview, element("span", f"✕ {error}", _class="rw-why t-bad"))
            return

        def told(_batch: object) -> None:
            if terms.template and terms.posting_date is None:
                self.session.say("info", "The template's payments are dated today; Update All Dates changes that.")
            self.close()

        self.session.load(path, terms, told)

    # --- inside ------------------------------------------------------------------------------------------------------

    def _waiting(self) -> list[tuple[str, str]]:
        found: list[tuple[str, str]] = []
        for folder, words in ((self.session.workspace.inbox(), ""), (self._templates(), "template: ")):
            if folder.is_dir():
                paths = [path for path in folder.iterdir() if path.is_file() and path.name.lower().endswith(SUFFIXES)]
                paths.sort(key=lambda path: path.stat().st_mtime, reverse=True)
                found += [(f"{words}{path.name} ({path.stat().st_size:,} bytes)", str(path)) for path in paths[:200]]
        return found

    def _templates(self) -> Path:
        return self.session.workspace.root / _TEMPLATES

    def _chosen(self) -> Path:
        chosen = str(self.path.value).strip() or str(self.inbox.value)
        if not chosen:
            raise WrongUse("Choose a lockbox file of the inbox, write a path, or upload one.")
        path = Path(chosen).expanduser()
        return path if path.is_absolute() else self.session.workspace.root / path

    def _terms(self) -> Terms:
        def number(field: Any, what: str) -> int | None:
            words = str(field.value).strip().replace(",", "")
            if words and not words.isdecimal():
                raise WrongUse(f"{what} is a whole number, not {words!r}.")
            return int(words) if words else None

        def amount(field: Any) -> Any:
            try:
                return money.entered(str(field.value)) if str(field.value).strip() else None
            except ValueError as error:
                raise WrongUse(f"Total: {error}.") from error

        day = self.posting_date.value
        return Terms(
            posting_date=day if isinstance(day, date) else None,
            bank_account=self.account.value or None,
            rules=PostingRules(**{name: bool(field.value) for name, field in self.rules.items()}),
            expect_entries=number(self.entries, "Entries"),
            expect_total=amount(self.total),
            template=bool(self.template.value),
            again=str(self.again.value).strip() or None,
        )

    def _uploaded(self, change: dict[str, Any]) -> None:
        """Put an upload into the inbox under its own name, so that it is a file like any other."""
        for upload in change["new"]:
            name = Path(str(upload["name"])).name
            content = bytes(upload["content"])
            try:
                if len(content) > _LARGEST_UPLOAD:
                    raise InputRefused(
                        f"{name} has {len(content):,} bytes; put a file over 9 MB into the inbox folder."
                    )
                target = self.session.workspace.inbox() / name
                target.parent.mkdir(parents=True, exist_ok=True)
                if target.exists() and target.read_bytes() != content:
                    raise InputRefused(f"The inbox has another file named {name} already; rename one of the two.")
                target.write_bytes(content)
                self.inbox.options = [("Choose a file …", ""), *self._waiting()]
                self.inbox.value = str(target)
            except (ReconError, OSError) as error:
                self.session.say("bad", str(error))

    def _look(self, chosen: str) -> None:
        """Say what a file holds, and whether its payments are here already, before anything is loaded."""
        if not chosen:
            put(self.preview, element("span"))
            return
        try:
            path = self._chosen()
            self.template.value = self.template.value or path.parent == self._templates()
            incoming = batches.bring_in(self.session.workspace, path, keep=False)
            words = [f"{money.counted(incoming.file.entries, 'entry')}, {money.shown(incoming.file.total_amount)}"]
            words += list(incoming.file.warnings)
            tone = "info"
            if store.exists(self.session.workspace):
                with store.reading(self.session.workspace) as current:
                    terms = batches.settled(self.session.workspace, Terms(template=bool(self.template.value)))
                    earlier = batches.earlier_import(current, incoming, terms)
                if earlier is not None:
                    words.append(f"loaded before as batch {earlier.batch_id}: open that one, or say why it comes again")
                    tone = "dup"
            said = joined([given(path.name), ": ", "; ".join(words), "."])
            put(self.preview, element("span", said, _class=f"rw-why t-{tone}"))
        except ReconError as error:
            put(self.preview, element("span", f"✕ {error}", _class="rw-why t-bad"))
