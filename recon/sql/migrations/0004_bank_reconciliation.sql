-- What the bank said, and what it was matched with (SPEC 7). Bank lines keep four decimals.

create table facts.bank_statements (
    statement_id varchar primary key,
    sha256 varchar not null,
    file_name varchar not null,
    format varchar not null,
    section integer not null check (section > 0),  -- which statement of the file
    kind varchar not null check (kind in ('statement', 'returns')),
    bank_account_key varchar,                -- null: a file of returned items, whose receipts say it
    account varchar,                         -- as the file spells it
    currency varchar,
    from_date date,
    to_date date,
    opening decimal(18, 4),
    closing decimal(18, 4),
    entry_seq bigint not null,
    unique (sha256, section),
    check (kind = 'returns' or bank_account_key is not null)
);

create table facts.bank_lines (
    bank_line_id varchar primary key,
    statement_id varchar not null references facts.bank_statements (statement_id),
    parent_id varchar,                       -- the entry that this line itemises; only entries count in sums
    identity varchar,                        -- what tells an entry from others of the account; null for details
    occurrence integer,                      -- of equal ones in one file
    line_number bigint not null check (line_number > 0),
    line_end bigint not null,
    bank_account_key varchar,
    booking_date date not null,
    value_date date,
    amount decimal(18, 4) not null,          -- + into the account
    event varchar not null,
    bank_code varchar,
    code_system varchar,
    is_reversal boolean not null,
    return_code varchar,
    bank_reference varchar,
    customer_reference varchar,
    end_to_end_id varchar,
    trace_number varchar,
    original_trace_number varchar,
    check_number varchar,
    counterparty_name varchar,
    description varchar not null,
    raw varchar not null,
    entry_seq bigint not null,
    unique (bank_account_key, identity, occurrence)
);

create table facts.bank_matches (
    match_id varchar primary key,
    bank_account_key varchar not null,
    rule varchar not null check (rule in ('reference', 'total', 'together', 'person', 'posted')),
    entry_seq bigint not null                -- the journal's entry has who, when and why
);

create table facts.bank_match_lines (
    match_id varchar not null references facts.bank_matches (match_id),
    bank_line_id varchar not null references facts.bank_lines (bank_line_id),
    amount decimal(18, 4) not null,
    entry_seq bigint not null,
    primary key (match_id, bank_line_id)
);

create table facts.bank_match_items (
    match_id varchar not null references facts.bank_matches (match_id),
    kind varchar not null check (kind in ('deposit', 'reversal', 'entry', 'refund', 'posting')),
    item_id varchar not null,                -- a slip, a returned receipt, a ledger entry's key, a refund, or a posting
    amount decimal(18, 4) not null,
    entry_seq bigint not null,
    primary key (match_id, kind, item_id)
);

create table facts.bank_unmatches (
    match_id varchar primary key references facts.bank_matches (match_id),
    entry_seq bigint not null
);

create table facts.bank_postings (
    posting_id varchar primary key,
    bank_line_id varchar not null references facts.bank_lines (bank_line_id),
    ledger_key varchar not null,
    posted_on date not null,
    amount decimal(18, 2) not null check (amount <> 0),
    description varchar not null,
    entry_seq bigint not null
);

create table facts.returned_items (
    bank_line_id varchar primary key references facts.bank_lines (bank_line_id),
    receipt_id varchar not null references facts.reversals (receipt_id),
    entry_seq bigint not null
);

create table facts.charges_to_add (
    receipt_id varchar primary key references facts.reversals (receipt_id),
    amount decimal(18, 2) not null check (amount > 0),
    charged_on date not null,
    description varchar not null,
    entry_seq bigint not null
);

create table facts.tie_outs (
    bank_account_key varchar not null,
    statement_date date not null,
    bank_balance decimal(18, 4) not null,
    adjusted_balance decimal(18, 4) not null,
    book_balance decimal(18, 2) not null,
    party_balance decimal(18, 2) not null,
    items varchar not null,                  -- JSON: every difference, as it was signed off
    entry_seq bigint not null,
    primary key (bank_account_key, statement_date, entry_seq)
);
