"""How amounts and kinds are shown."""

from decimal import Decimal

from django import template

from recon.portal import ageing

register = template.Library()

HEADINGS = {
    "receipts": "Received",
    "disbursements": "Paid out",
    "fees": "Fees",
    "owner_draws": "Draws",
    "other": "Other",
    "charges": "Charges",
    "paid_elsewhere": "Paid elsewhere",
    "payments": "Payments",
    "reversals_refunds": "Returned, corrected, refunded",
}
KINDS = {
    "receipt": "Received",
    "returned": "Payment returned",
    "correction": "Correction",
    "disbursement": "Paid out",
    "fee": "Fee",
    "owner_draw": "Draw",
    "opening_balance": "Balance brought forward",
    "tenant_credit": "Tenant's credit",
    "security_deposit": "Security deposit",
    "other": "Other",
    "bank": "Bank",
    "charge": "Charge",
    "paid_elsewhere": "Paid elsewhere",
    "payment": "Payment",
    "refund": "Refund",
}


@register.filter
def money(amount: Decimal | str) -> str:
    """Show an amount with two decimals and thousands apart."""
    return f"{Decimal(amount):,.2f}"


@register.filter
def heading(word: str) -> str:
    """Say what an amount of a statement is."""
    return HEADINGS.get(word, word)


@register.filter
def movement(word: str) -> str:
    """Say what a movement is."""
    return KINDS.get(word, word)


@register.inclusion_tag("portal/_age.html")
def age(statement: object) -> dict[str, ageing.Age]:
    """Show how old a statement is, as an icon with words (PUB-42)."""
    return {"age": ageing.age_of(statement)}  # type: ignore[arg-type]
