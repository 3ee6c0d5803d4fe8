-- The inputs of the rules for a ledger fresh from files: no closed period, no payment before. Each table has no row.
create temp table closed_periods (closed_through date);
create temp table payments_elsewhere (
    duplicate_date date, tenant_no integer, unit_no integer, amount decimal(18, 2), memo varchar
);
create temp table posted_in_batch (
    line_number bigint,
    duplicate_date date,
    tenant_no integer,
    unit_no integer,
    amount decimal(18, 2),
    memo varchar,
    is_partial boolean
);
