-- The inputs of the rules for a ledger fresh from files, where nothing came before: each of these tables has no row.
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
create temp table credits_in_force (tenant_no integer, unit_no integer, amount decimal(18, 2));
create temp table aliases_in_force (alias_key varchar, tenant_no integer, expires_on date);
