-- What a person does to the lines of a batch: values changed, control totals stated anew, changes undone.

create table facts.line_revisions (
    batch_id varchar not null,
    line_number bigint not null,
    posting_date date not null,
    unit_id varchar not null,
    tenant_id varchar not null,
    unit_key varchar,
    tenant_key varchar,
    amount decimal(18, 2) not null check (amount > 0),
    memo varchar not null,
    entry_seq bigint not null,
    primary key (batch_id, line_number, entry_seq),
    foreign key (batch_id, line_number) references facts.lines (batch_id, line_number)
);

create table facts.control_totals (
    batch_id varchar not null references facts.imports (batch_id),
    entries bigint not null check (entries >= 0),
    total_amount decimal(18, 2) not null check (total_amount >= 0),
    entry_seq bigint not null,
    primary key (batch_id, entry_seq)
);

create table facts.undone_entries (
    undone_seq bigint primary key,           -- what that journal entry did to lines and control totals counts no more
    entry_seq bigint not null
);
