"""Forms: what people type, checked. Each error is one sentence for who made it."""

import re
from typing import Any, ClassVar

from django import forms
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError

from recon.portal.models import Account, User


def check_pmid(text: str) -> str:
    """Give a Property Manager ID that is free.

    Raises:
        ValidationError: it is taken, or not of its form.
    """
    pmid = text.strip()
    if not re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9_-]{1,39}", pmid):
        raise ValidationError("A Property Manager ID has 2 to 40 letters, digits, - and _, such as HARBOR.")
    name = User.normalize_username(pmid)
    if Account.objects.filter(pmid__iexact=pmid).exists() or User.objects.filter(username=name).exists():
        raise ValidationError(f"{pmid} is taken; choose another Property Manager ID.")
    return pmid


def _check_username(text: str, taken: str = "This user name is taken; choose another.") -> str:
    name = User.normalize_username(text)
    if not re.fullmatch(r"[\w.@+-]{3,150}", name):
        raise ValidationError("A user name has at least 3 letters, digits and . @ + - _, such as your e-mail address.")
    if User.objects.filter(username=name).exists():
        raise ValidationError(taken)
    return name


class LogOn(forms.Form):
    """User name and password; `Updates` unmarked leaves profiles as they are during this session (PUB-40)."""

    username = forms.CharField(
        label="User name", max_length=150, widget=forms.TextInput({"autocomplete": "username", "autofocus": True})
    )
    password = forms.CharField(
        max_length=1000, strip=False, widget=forms.PasswordInput({"autocomplete": "current-password"})
    )
    updates = forms.BooleanField(label="Updates", required=False, initial=True)


class NewPassword(forms.Form):
    """A password, twice."""

    password1 = forms.CharField(
        label="Password",
        max_length=1000,
        strip=False,
        widget=forms.PasswordInput({"autocomplete": "new-password"}),
        help_text="At least 12 characters; a short sentence is good.",
    )
    password2 = forms.CharField(
        label="Password again",
        max_length=1000,
        strip=False,
        widget=forms.PasswordInput({"autocomplete": "new-password"}),
    )

    def __init__(self, *args: Any, user: User | None = None, **given: Any) -> None:
        self.user = user
        super().__init__(*args, **given)

    def clean(self) -> dict[str, Any]:
        """Hold the password against the rules, and the two against each other."""
        given: dict[str, Any] = super().clean() or {}
        first, second = given.get("password1"), given.get("password2")
        if first and second and first != second:
            self.add_error("password2", "The two passwords differ.")
        elif first:
            try:
                validate_password(first, self.user or User(username=given.get("username") or given.get("pmid") or ""))
            except ValidationError as error:
                self.add_error("password1", error)
        return given


class SetUp(NewPassword):
    """A new property manager."""

    pmid = forms.CharField(
        label="Property Manager ID (PMID)",
        max_length=40,
        help_text="The master user name, such as HARBOR.",
        widget=forms.TextInput({"autocomplete": "username"}),
    )
    firm = forms.CharField(label="Firm", max_length=200, help_text="As your clients know it.")
    field_order = ("pmid", "firm", "password1", "password2")

    def clean_pmid(self) -> str:
        """See that it is free."""
        return check_pmid(self.cleaned_data["pmid"])


class Join(NewPassword):
    """A client's own log-on."""

    username = forms.CharField(
        label="User name",
        max_length=150,
        help_text="Your e-mail address is a good one.",
        widget=forms.TextInput({"autocomplete": "username"}),
    )
    field_order = ("username", "password1", "password2")

    def clean_username(self) -> str:
        """See that it is free; whose it is stays unsaid, but not what to do."""
        words = (
            "This user name is taken. If it is yours with this property manager, log on with it and follow the link "
            "again; if it is yours with another one, choose another user name here."
        )
        return _check_username(self.cleaned_data["username"], words)


class Settings(forms.ModelForm):
    """How the account works."""

    class Meta:
        """The settings, in the words of the seeds."""

        model = Account
        fields = (
            "firm", "statement_approval", "auto_update", "auto_purge", "archives_statements", "needs_two_uploads",
        )  # fmt: skip
        labels: ClassVar = {
            "statement_approval": "Clients see a statement",
            "auto_update": "Auto Update",
            "auto_purge": "Auto Purge",
            "archives_statements": "Monthly Statement Archive",
            "needs_two_uploads": "New profiles need two uploads",
        }
        help_texts: ClassVar = {
            "auto_update": "Profiles are updated when somebody is logged on with Updates marked; else with a button in "
            "Updates and Alerts.",
            "auto_purge": "Profiles that are no longer published are deleted instead of kept as inactive. Needs Auto "
            "Update.",
            "archives_statements": 'When a new statement is there, earlier ones go to "Past Stmts".',
            "needs_two_uploads": "A new profile gets documents with the second upload that has it; else as soon as it "
            "exists.",
        }

    def clean(self) -> dict[str, Any]:
        """Refuse Auto Purge without Auto Update."""
        given: dict[str, Any] = super().clean() or {}
        if given.get("auto_purge") and not given.get("auto_update"):
            self.add_error("auto_purge", "Auto Purge needs Auto Update; switch both on, or Auto Purge off.")
        return given


class Staff(forms.ModelForm):
    """Somebody of the firm, with rights of their own (PUB-05)."""

    username = forms.CharField(label="User name", max_length=150)

    class Meta:
        """Rights, in words."""

        model = User
        fields = ("username", "name", "email", "may_upload", "may_approve", "may_manage_clients")
        labels: ClassVar = {
            "email": "E-mail",
            "may_upload": "Uploads: may publish from the workbench",
            "may_approve": "May approve statements",
            "may_manage_clients": "May give clients access",
        }

    def clean_username(self) -> str:
        """See that it is free."""
        return _check_username(self.cleaned_data["username"])


class Rights(Staff):
    """The rights of somebody who is known."""

    username = None

    class Meta(Staff.Meta):
        """All but the name."""

        fields = ("name", "email", "may_upload", "may_approve", "may_manage_clients", "is_active")
        labels: ClassVar = {**Staff.Meta.labels, "is_active": "May log on"}
