-- One row, or none: the last day of the periods closed so far.
select max(closed_through) as closed_through
from facts.period_closings
having max(closed_through) is not null
