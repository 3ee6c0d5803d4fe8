-- What the opt-in rules of SPEC 5 need beside the first facts: which of them a batch asked for, and confirmed aliases.

create table facts.import_opt_ins (
    batch_id varchar not null references facts.imports (batch_id),
    rule varchar not null check (rule in ('credit', 'alias')),
    entry_seq bigint not null,
    primary key (batch_id, rule)
);

create table facts.payer_aliases (
    alias_key varchar not null,              -- what a file gives for a tenant ID
    alias varchar not null,                  -- as it was entered
    tenant_key varchar,                      -- the tenant it means from then on; null: the alias was withdrawn
    entry_seq bigint not null,               -- the journal's entry has who, when and why
    primary key (alias_key, entry_seq)
);
