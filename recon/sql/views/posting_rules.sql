-- One row per batch: the switches that it was taken in with (SPEC 5).
select
    imports.batch_id,
    imports.partial_pay,
    imports.due_now,
    credit.rule is not null as credit,
    alias.rule is not null as alias
from facts.imports as imports
left join facts.import_opt_ins as credit on credit.batch_id = imports.batch_id and credit.rule = 'credit'
left join facts.import_opt_ins as alias on alias.batch_id = imports.batch_id and alias.rule = 'alias'
