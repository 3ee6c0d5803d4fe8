"""A publication held against the books: each of its statements made again, byte for byte (law 12)."""

import hashlib

from recon import store
from recon.audits import Finding
from recon.errors import WrongUse
from recon.publishing import bundle
from recon.publishing.printing import place
from recon.rendering.statement_html import statement_html
from recon.rendering.statement_pdf import statement_pdf
from recon.statements import Period, published_statements
from recon.workspace import Workspace

_LAW = "law_12_statements_recompute"


def verify(workspace: Workspace, publication_id: str) -> list[Finding]:
    """Make every statement of a publication again, as of its journal entry, and compare the bytes; none: all agree.

    The bytes are those of this program's version with its typefaces and its printing library.

    Raises:
        WrongUse: there is no such publication.
    """
    with store.reading(workspace, "recon verify-publication") as current:
        known = current.rows(
            "select period_from, period_to, manifest_sha256 from publications where publication_id = $id",
            {"id": publication_id},
        )
        if not known:
            raise WrongUse(f"There is no publication {publication_id}; recon transmissions lists those that were sent.")
        wanted = dict(
            current.rows(
                """
                select path, sha256
                from facts.published_files
                where publication_id = $id and kind in ('owner_statement', 'tenant_statement')
                """,
                {"id": publication_id},
            )
        )
        made = {place(one): one for one in published_statements(current, Period(*known[0][:2]))}
    found = []
    for path, sha256 in sorted(wanted.items()):
        stem, _, ending = path.rpartition(".")
        statement = made.get(stem)
        if statement is None:
            found.append(Finding(_LAW, f"{path} of {publication_id} is of no statement that was published"))
            continue
        content = statement_pdf(statement) if ending == "pdf" else statement_html(statement)
        if hashlib.sha256(content).hexdigest() != sha256:
            found.append(Finding(_LAW, f"{path} of {publication_id} does not come out as it was published"))
    folder = workspace.publications / publication_id
    if folder.exists() and not bundle.same(folder, known[0][2]):
        found.append(Finding("law_12_publication_unchanged", f"{folder} is not as it was published"))
    elif folder.exists() and (more := bundle.unlisted(folder)):
        words = f"{folder} holds what was not published: {', '.join(more)}"
        found.append(Finding("law_12_publication_unchanged", words))
    return found
