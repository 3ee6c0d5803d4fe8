"""How things look on paper and on a page. Values become HTML in `html` and nowhere else; nothing here computes money.

`batch_report` and `page` import no drawing library; `charts` (matplotlib) and `slip` (reportlab) are imported where
they are needed, because each costs a good part of a second.
"""
