-- What was published: the statements, profiles and files of each publication, and how its transmission went.

create table facts.profile_settings (
    kind varchar not null check (kind in ('owner', 'tenant', 'vendor', 'unit')),
    party_key varchar not null,
    no_internet boolean not null,            -- nothing of this profile is published
    no_statements boolean not null,          -- no statements on the internet
    publish_until date,                      -- the last day on which anything of it is published
    note varchar not null,                   -- printed on its statements
    entry_seq bigint not null,
    primary key (kind, party_key, entry_seq)
);

create table facts.publications (
    publication_id varchar primary key,
    content_sha256 varchar not null unique,  -- of all that it says; published again, it is the same publication
    manifest_sha256 varchar not null,
    period_from date not null,
    period_to date not null,
    what varchar not null,                   -- words, in the order of sending, parted by spaces
    published_on date not null,
    as_of bigint not null,                   -- the journal's head when it was put together
    as_of_hash varchar not null,
    supersedes varchar references facts.publications (publication_id),
    entry_seq bigint not null unique,
    check (period_from <= period_to)
);

create table facts.published_statements (
    kind varchar not null check (kind in ('owner', 'tenant')),
    party_key varchar not null,              -- an owner's ledger, or a tenant
    holder_key varchar not null,             -- the owner, or the tenant
    period_from date not null,
    period_to date not null,
    number integer not null check (number > 0),  -- 1: the original; more: supplemental to it
    as_of bigint not null,
    opening decimal(18, 2) not null,
    closing decimal(18, 2) not null,
    order_by varchar not null check (order_by in ('unit', 'date')),
    firm varchar not null,                   -- whose statement it is, as printed
    publication_id varchar not null references facts.publications (publication_id),
    entry_seq bigint not null,
    primary key (kind, party_key, period_from, number)
);

create table facts.published_profiles (
    publication_id varchar not null references facts.publications (publication_id),
    kind varchar not null check (kind in ('owner', 'tenant', 'vendor', 'unit')),
    party_key varchar not null,
    sha256 varchar not null,
    entry_seq bigint not null,
    primary key (publication_id, kind, party_key)
);

create table facts.published_files (
    publication_id varchar not null references facts.publications (publication_id),
    path varchar not null,
    kind varchar not null,
    party_key varchar,                       -- whose statement or document; null: of all
    sha256 varchar not null,
    size bigint not null check (size >= 0),
    entry_seq bigint not null,
    primary key (publication_id, path)
);

create table facts.transmissions (
    publication_id varchar not null references facts.publications (publication_id),
    target varchar not null,
    pass_number integer not null check (pass_number in (1, 2)),  -- 1: profiles; 2: all that needs them
    state varchar not null check (state in ('uploaded', 'pending', 'processed', 'failed', 'cleared')),
    upload_id varchar not null,              -- as the other side names it
    message varchar not null,
    entry_seq bigint not null,
    primary key (publication_id, target, pass_number, entry_seq, state)
);
