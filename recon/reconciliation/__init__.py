"""Bank reconciliation: statements come in, lines are matched to slips, returns reversed, three balances tied."""
