"""How amounts and kinds are shown."""

from decimal import Decimal

from django import template

from recon.portal import ageing
from schemas.statement_words import HEADING_WORDS, KIND_WORDS

register = template.Library()


@register.filter
def money(amount: Decimal | str) -> str:
    """Show an amount with two decimals and thousands apart."""
    return f"{Decimal(amount):,.2f}"


@register.filter
def heading(word: str) -> str:
    """Say what an amount of a statement is."""
    return HEADING_WORDS.get(word, word)


@register.filter
def movement(word: str) -> str:
    """Say what a movement is."""
    return KIND_WORDS.get(word, word)


@register.inclusion_tag("portal/_age.html")
def age(statement: object) -> dict[str, ageing.Age]:
    """Show how old a statement is, as an icon with words (PUB-42)."""
    return {"age": ageing.age_of(statement)}  # type: ignore[arg-type]
