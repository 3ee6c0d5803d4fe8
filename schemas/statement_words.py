"""The words of a statement: printed, on its page, and in the control panel alike."""

# How a statement calls what stands between the balances; what has no words of its own is called after its heading.
HEADING_WORDS = {
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
KIND_WORDS = {
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
