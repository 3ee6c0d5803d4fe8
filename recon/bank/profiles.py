"""Profiles of CSV files: which column is what, and how dates and amounts are written. A bookkeeper can copy one.

A profile is a TOML file; `profiles/*.toml` come with the program and are documented in `profiles/README.txt`.
"""

import tomllib
from dataclasses import dataclass, fields
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

from recon.bank.bai_lockbox import Layout, layout_of
from recon.errors import InputRefused

# What a column can be. `amount` stands alone, or with `direction`; or `debit` and `credit` stand in its place.
ROLES = (
    "booking_date", "value_date", "amount", "debit", "credit", "direction", "balance", "currency", "account",
    "description", "code", "bank_reference", "customer_reference", "check_number", "counterparty_name",
    "counterparty_account", "status", "fee", "unit", "tenant", "memo",
)  # fmt: skip
SEVERAL = frozenset({"description", "memo"})  # these may be made of several columns
DATE_ORDERS = ("ymd", "mdy", "dmy")


@dataclass(frozen=True)
class Profile:
    """How one bank or processor writes its CSV files; what is null is found from the file itself."""

    name: str
    columns: dict[str, tuple[str, ...]]  # role -> header names
    delimiter: str | None = None
    decimal: str | None = None
    date_order: str | None = None
    # "out": the file shows money that goes out as positive, as some card statements do; "marked": likewise, but money
    # that comes in as +5.00 or 5.00 CR.
    positive: str = "in"
    account: str | None = None
    currency: str | None = None
    credit_words: tuple[str, ...] = ()
    debit_words: tuple[str, ...] = ()
    pending_words: tuple[str, ...] = ("pending", "processing", "authorized")
    skip_words: tuple[str, ...] = ()  # rows of these in the status column are no money: failed, canceled
    signature: tuple[str, ...] = ()  # header names by which a file is known to be of this profile


@cache
def shipped() -> tuple[Profile, ...]:
    """Give the profiles that come with the program, by name."""
    entries = sorted(files("recon.bank").joinpath("profiles").iterdir(), key=lambda entry: entry.name)
    return tuple(
        profile_of(entry.name.removesuffix(".toml"), tomllib.loads(entry.read_text(encoding="utf-8")))
        for entry in entries
        if entry.name.endswith(".toml")
    )


def load_profile(name: str | Path) -> Profile | Layout:
    """Read a profile by the name of one that comes with the program, or by path; a layout of lockbox columns likewise.

    Raises:
        InputRefused: there is none of that name, or the file is not a profile; the message says what to mend.
    """
    for profile in shipped():
        if profile.name == str(name):
            return profile
    path = Path(name)
    try:
        content = tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except FileNotFoundError:
        known = ", ".join(profile.name for profile in shipped())
        raise InputRefused(f"There is no profile {str(name)!r}; name one of {known}, or a file.") from None
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise InputRefused(f"{path} cannot be read as a profile: {error}") from error
    return layout_of(path.name, content) if "records" in content else profile_of(path.stem, content)


def profile_of(name: str, content: dict[str, Any]) -> Profile:
    """Make a profile of the content of its file.

    Raises:
        InputRefused: a key or a value is not one of those that a profile has.
    """
    given = dict(content)
    columns = given.pop("columns", {})
    if not isinstance(columns, dict):
        raise InputRefused(f"Profile {name}: [columns] is a table of roles and header names.")
    made: dict[str, tuple[str, ...]] = {}
    for role, names in columns.items():
        if role not in ROLES:
            raise InputRefused(f"Profile {name}: {role!r} is no column role; the roles are {', '.join(ROLES)}.")
        made[role] = _texts(name, role, names)
    known = {field.name for field in fields(Profile)} - {"name", "columns"}
    for key, value in given.items():
        if key not in known:
            raise InputRefused(
                f"Profile {name}: {key!r} is not a setting; the settings are {', '.join(sorted(known))}."
            )
        if key.endswith(("_words", "signature")):
            given[key] = _texts(name, key, value)
        elif not isinstance(value, str):
            raise InputRefused(f"Profile {name}: {key} is a text in quotes.")
    profile = Profile(name, made, **given)
    _check(profile)
    return profile


def _check(profile: Profile) -> None:
    roles = profile.columns.keys()
    problem = None
    if "booking_date" not in roles and "value_date" not in roles:
        problem = "[columns] names no booking_date"
    elif "amount" not in roles and not {"debit", "credit"} & roles:
        problem = "[columns] names neither an amount nor a debit or credit column"
    elif profile.date_order not in {None, *DATE_ORDERS}:
        problem = f"date_order is one of {', '.join(DATE_ORDERS)}"
    elif profile.decimal not in {None, ".", ","}:
        problem = "decimal is . or ,"
    elif profile.positive not in {"in", "out", "marked"}:
        problem = "positive is in, out or marked"
    elif profile.delimiter is not None and len(profile.delimiter) != 1:
        problem = "delimiter is one character"
    if problem:
        raise InputRefused(f"Profile {profile.name}: {problem}.")


def _texts(name: str, key: str, value: object) -> tuple[str, ...]:
    values = [value] if isinstance(value, str) else value
    if not isinstance(values, list) or not all(isinstance(text, str) for text in values) or not values:
        raise InputRefused(f"Profile {name}: {key} is a text in quotes or a list of them.")
    return tuple(values)
