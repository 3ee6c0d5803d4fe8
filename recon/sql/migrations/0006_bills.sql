-- What owners owe to vendors, for the unpaid bills of their statements (PUB-40).
create table facts.ledger_bills (
    load_id integer not null,
    bill_key varchar not null,
    bill_id varchar not null,
    ledger_key varchar not null,
    unit_key varchar,
    vendor_key varchar,
    bill_date date not null,
    due_date date,
    description varchar not null,
    amount decimal(18, 2) not null,
    open_amount decimal(18, 2) not null,
    entry_seq bigint not null,
    primary key (load_id, bill_key)
);
