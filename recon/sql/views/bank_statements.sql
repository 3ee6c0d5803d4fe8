-- One row per statement of the bank that was taken in: one account in one file.
select
    statement_id,
    sha256,
    file_name,
    format,
    section,
    kind,
    bank_account_key,
    currency,
    from_date,
    to_date,
    opening,
    closing,
    entry_seq
from facts.bank_statements
