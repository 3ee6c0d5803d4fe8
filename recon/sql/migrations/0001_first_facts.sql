-- The facts. Rows are added, never changed: `entry_seq` is the journal entry whose commit brought the row in.
-- Ids in facts are comparison keys (trimmed, NFC, lower case); the ledger's spelling is found through ledger_*.

create schema facts;

create table facts.schema_versions (
    version integer primary key,
    applied_at timestamp not null
);

create table facts.journal (
    seq bigint primary key,
    recorded_at timestamp not null,          -- UTC
    who varchar not null,
    action varchar not null,
    why varchar not null,
    batch_id varchar,
    file_name varchar,
    request_key varchar unique,              -- asked twice, answered once (RELIABILITY M7)
    request_hash varchar,
    detail varchar not null,                 -- JSON: what was done, in figures
    facts varchar not null,                  -- JSON: for each fact table, rows added and their SHA-256
    previous_hash varchar not null,
    hash varchar not null unique,
    check (seq > 0)
);

create table facts.ledger_loads (
    load_id integer primary key,
    sha256 varchar not null,
    includes varchar not null,               -- none, all, or the time as given
    reflects_through bigint not null,        -- the last journal entry whose receipts and reversals the export has
    entry_seq bigint not null unique
);

create table facts.ledger_bank_accounts (
    load_id integer not null references facts.ledger_loads (load_id),
    bank_account_key varchar not null,
    bank_account_id varchar not null,
    name varchar not null,
    routing_number varchar,
    account_number varchar,
    entry_seq bigint not null,
    primary key (load_id, bank_account_key)
);

create table facts.ledger_owners (
    load_id integer not null references facts.ledger_loads (load_id),
    owner_key varchar not null,
    owner_id varchar not null,
    name varchar not null,
    email varchar,
    status varchar not null check (status in ('active', 'inactive')),
    online_access boolean not null,
    entry_seq bigint not null,
    primary key (load_id, owner_key)
);

create table facts.ledger_ledgers (
    load_id integer not null references facts.ledger_loads (load_id),
    ledger_key varchar not null,
    ledger_id varchar not null,
    kind varchar not null check (kind in ('owner', 'management', 'tenant_deposits')),
    owner_key varchar,
    bank_account_key varchar not null,
    entry_seq bigint not null,
    primary key (load_id, ledger_key),
    check (kind <> 'owner' or owner_key is not null)
);

create table facts.ledger_units (
    load_id integer not null,
    unit_key varchar not null,
    unit_id varchar not null,
    description varchar not null,
    owner_key varchar not null,
    responsible_tenant_key varchar,
    entry_seq bigint not null,
    primary key (load_id, unit_key)
);

create table facts.ledger_tenants (
    load_id integer not null,
    tenant_key varchar not null,
    tenant_id varchar not null,
    name varchar not null,
    unit_key varchar,
    status varchar not null check (status in ('current', 'past')),
    hold boolean not null,
    email varchar,
    online_access boolean not null,
    entry_seq bigint not null,
    primary key (load_id, tenant_key)
);

create table facts.ledger_vendors (
    load_id integer not null references facts.ledger_loads (load_id),
    vendor_key varchar not null,
    vendor_id varchar not null,
    name varchar not null,
    email varchar,
    status varchar not null check (status in ('active', 'inactive')),
    online_access boolean not null,
    entry_seq bigint not null,
    primary key (load_id, vendor_key)
);

create table facts.ledger_charges (
    load_id integer not null,
    charge_key varchar not null,
    charge_id varchar not null,
    tenant_key varchar not null,
    unit_key varchar not null,
    ledger_key varchar not null,
    charge_code varchar not null,
    description varchar not null,
    due_date date not null,
    amount decimal(18, 2) not null,
    open_amount decimal(18, 2) not null,
    entry_seq bigint not null,
    primary key (load_id, charge_key),
    check (open_amount >= 0 and open_amount <= amount)
);

create table facts.ledger_entries (
    load_id integer not null,
    entry_key varchar not null,
    entry_id varchar not null,
    ledger_key varchar not null,
    unit_key varchar,
    tenant_key varchar,
    vendor_key varchar,
    entry_date date not null,
    kind varchar not null,
    description varchar not null,
    amount decimal(18, 2) not null,
    entry_seq bigint not null,
    primary key (load_id, entry_key)
);

create table facts.imports (
    batch_id varchar primary key,
    file_name varchar not null,
    sha256 varchar not null,
    content_sha256 varchar not null,
    source varchar not null check (source in ('third_party', 'local')),
    again_reason varchar,
    posting_date date,                       -- Update All Dates; null: each line keeps its own
    bank_account_key varchar,
    deposit_date date,                       -- as asked for; null: the latest posting date in the batch
    partial_pay boolean not null,
    due_now boolean not null,
    entries bigint not null check (entries >= 0),
    total_amount decimal(18, 2) not null check (total_amount >= 0),
    entry_seq bigint not null unique
);

create table facts.lines (
    batch_id varchar not null references facts.imports (batch_id),
    line_number bigint not null check (line_number > 0),
    file_date date,
    posting_date date,
    duplicate_date date,                     -- file date; of a local template, the posting date
    unit_id varchar not null,
    tenant_id varchar not null,
    unit_key varchar,
    tenant_key varchar,
    amount decimal(18, 2) check (amount >= 0),
    memo varchar not null,
    flags varchar not null,                  -- those that the file itself gives: MEMO_TOO_LONG, DATE_CHANGED
    message varchar,                         -- null for a line that could be read
    raw blob,                                -- null for a line that could be read: the archive has it
    entry_seq bigint not null,
    primary key (batch_id, line_number),
    check (message is not null or (posting_date is not null and amount is not null and amount > 0))
);

create table facts.line_decisions (
    batch_id varchar not null,
    line_number bigint not null,
    kind varchar not null check (kind in ('removed', 'restored')),
    entry_seq bigint not null,
    primary key (batch_id, line_number, entry_seq),
    foreign key (batch_id, line_number) references facts.lines (batch_id, line_number)
);

create table facts.classifications (
    batch_id varchar not null,
    line_number bigint not null,
    tenant_key varchar,
    unit_key varchar,
    matchable_total decimal(18, 2) not null,
    status_total decimal(18, 2) not null,
    disposition varchar not null check (disposition in ('auto', 'individual')),
    reason varchar not null,
    flags varchar not null,
    entry_seq bigint not null,
    primary key (batch_id, line_number, entry_seq)
);

create table facts.receipts (
    receipt_id varchar primary key,
    batch_id varchar not null,
    line_number bigint not null,
    part integer not null,                   -- a line may be split, and posted anew after a correction
    tenant_key varchar,
    unit_key varchar,
    ledger_key varchar,                      -- a ledger receipt: the ledger paid, no tenant
    bank_account_key varchar not null,
    posting_date date not null,
    deposit_date date not null,
    amount decimal(18, 2) not null check (amount > 0),
    memo varchar not null,
    reason varchar not null,                 -- the rule that posted it, or PERSON
    entry_seq bigint not null,
    unique (batch_id, line_number, part),
    foreign key (batch_id, line_number) references facts.lines (batch_id, line_number),
    check ((tenant_key is null) = (ledger_key is not null))
);

create table facts.applications (
    receipt_id varchar not null references facts.receipts (receipt_id),
    load_id integer not null,                -- the export in which the charge was seen when it was paid
    charge_key varchar not null,
    ledger_key varchar not null,
    amount decimal(18, 2) not null check (amount > 0),
    applied_on date not null,
    entry_seq bigint not null,
    primary key (receipt_id, charge_key, entry_seq),
    foreign key (load_id, charge_key) references facts.ledger_charges (load_id, charge_key)
);

create table facts.reversals (
    receipt_id varchar primary key references facts.receipts (receipt_id),
    kind varchar not null check (kind in ('returned', 'correction')),
    reversed_on date not null,
    entry_seq bigint not null
);

create table facts.credit_refunds (
    receipt_id varchar not null references facts.receipts (receipt_id),
    amount decimal(18, 2) not null check (amount > 0),
    refunded_on date not null,
    entry_seq bigint not null,
    primary key (receipt_id, entry_seq)
);

create table facts.deposits (
    deposit_id varchar primary key,
    batch_id varchar not null references facts.imports (batch_id),
    bank_account_key varchar not null,
    deposit_date date not null,
    entry_seq bigint not null
);

create table facts.deposit_items (
    deposit_id varchar not null references facts.deposits (deposit_id),
    receipt_id varchar not null references facts.receipts (receipt_id),
    amount decimal(18, 2) not null check (amount > 0),
    entry_seq bigint not null,
    primary key (deposit_id, receipt_id)
);

create table facts.deposit_recordings (
    deposit_id varchar primary key references facts.deposits (deposit_id),
    total_entered decimal(18, 2) not null check (total_entered > 0),
    entry_seq bigint not null
);

create table facts.deposit_voids (
    deposit_id varchar primary key references facts.deposits (deposit_id),
    entry_seq bigint not null
);

create table facts.period_closings (
    closed_through date primary key,
    entry_seq bigint not null
);

create table facts.runs (
    run_id varchar primary key,
    batch_id varchar not null references facts.imports (batch_id),
    request_hash varchar not null,
    output varchar not null,                 -- where the outputs go; relative to the workspace where it lies inside
    entry_seq bigint not null
);

create table facts.run_completions (
    run_id varchar primary key references facts.runs (run_id),
    entry_seq bigint not null
);

create table facts.receipt_exports (
    record_id varchar primary key,           -- R… a receipt, R…-reversed its reversal: each goes out once
    profile varchar not null,
    entry_seq bigint not null
);
