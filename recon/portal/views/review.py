"""Review Statements: look, approve one, marked or all; delete what an upload brought (PUB-42, PUB-43)."""

from datetime import datetime
from uuid import UUID

from django.contrib import messages
from django.core.files.storage import default_storage
from django.core.paginator import Paginator
from django.db import transaction
from django.db.models import OuterRef, QuerySet, Subquery
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.formats import date_format

from recon.portal import audit, receiving, statement_pages
from recon.portal.models import Profile, Statement, Upload
from recon.portal.views.doors import found, manager, page, pdf, under_way

_KINDS = ("owner", "tenant")
_GONE = "Clients will not see it any more. Correct the books, then publish again."


def _kind(request: HttpRequest) -> str:
    kind = request.POST.get("kind") or request.GET.get("kind") or "owner"
    return kind if kind in _KINDS else "owner"


def _waiting(request: HttpRequest, kind: str) -> "QuerySet[Statement]":
    """Give what a person can approve: a statement without a matching profile is nobody's yet (PUB-42)."""
    rows = Statement.objects.filter(account=request.user.account, kind=kind, approved_at=None)
    return rows.filter(profile__isnull=False)


@manager()
def review(request: HttpRequest) -> HttpResponse:
    """List what waits for approval, then every profile with its newest statement."""
    kind = _kind(request)
    waiting = _waiting(request, kind).select_related("profile").order_by("profile__name", "identifier", "number")
    newest = Statement.objects.filter(profile=OuterRef("pk")).order_by("-period_to", "-number").values("pk")[:1]
    everybody = Profile.objects.filter(account=request.user.account, kind=kind, is_active=True)
    shown = Paginator(everybody.annotate(newest=Subquery(newest)), 100).get_page(request.GET.get("page"))
    statements = Statement.objects.select_related("profile").in_bulk([profile.newest for profile in shown])
    more = {
        "kind": kind,
        "tabs": [(one, f"{one.capitalize()}s", _waiting(request, one).count()) for one in _KINDS],
        "unmatched": Statement.objects.filter(account=request.user.account, kind=kind, profile=None)[:200],
        "waiting": Paginator(waiting, 200).get_page(request.GET.get("waiting")),
        "page": shown,
        "rows": [(profile, statements.get(profile.newest)) for profile in shown],
        "pending": under_way(request),
        "seen": timezone.now().isoformat(),
        "uploads": Upload.objects.filter(account=request.user.account, statements__isnull=False).distinct()[:20],
    }
    return render(request, "portal/review.html", more)


@manager("approve", post=True)
def approve(request: HttpRequest) -> HttpResponse:
    """Approve one, marked or all statements, as they were when the page was made."""
    kind = _kind(request)
    back = redirect(f"/manage/statements/?kind={kind}")
    if under_way(request):
        messages.error(request, "An upload is pending. Log off and wait until it is processed, then approve.")
        return back
    seen = _moment(request.POST.get("seen", ""))
    chosen = _waiting(request, kind)
    if request.POST.get("all") is None:
        marked = request.POST.getlist("one") or request.POST.getlist("statement")
        chosen = chosen.filter(pk__in=[text for text in marked if _is_uuid(text)])
    with transaction.atomic():
        # What another upload replaced since the page was made has not been looked at.
        rows = list(chosen.filter(saved_at__lte=seen).select_for_update().values_list("pk", flat=True))
        Statement.objects.filter(pk__in=rows).update(approved_at=timezone.now(), approved_by=request.user.username)
        for row in rows:
            audit.note(request, "statement approved", row)
    if rows:
        messages.success(request, f"{len(rows)} {'statement is' if len(rows) == 1 else 'statements are'} approved.")
    else:
        messages.error(request, "Nothing was approved: mark statements first, or load the page again.")
    return back


def _moment(text: str) -> datetime:
    try:
        moment = parse_datetime(text)
    except ValueError:
        moment = None
    return moment if moment is not None and moment.tzinfo else timezone.make_aware(datetime(1970, 1, 1))  # noqa: DTZ001


def _is_uuid(text: str) -> bool:
    try:
        UUID(text)
    except ValueError:
        return False
    return True


def _found(request: HttpRequest, statement_id: UUID) -> Statement:
    rows = Statement.objects.filter(account=request.user.account).select_related("profile", "upload")
    statement: Statement = found(rows, statement_id)
    return statement


@manager()
def statement(request: HttpRequest, statement_id: UUID) -> HttpResponse:
    """Show a statement as its client will see it."""
    shown = _found(request, statement_id)
    sort = request.GET.get("sort", "unit")
    sections = statement_pages.sections(shown, sort)
    audit.note(request, "statement viewed", shown.pk)
    more = {
        "statement": shown,
        "sections": sections,
        "sort": sort,
        "sorts": statement_pages.SORTS,
        "has_lines": any(one.section.has_lines for one in sections),
        "seen": timezone.now().isoformat(),
        "pending": under_way(request),
    }
    return render(request, "portal/statement.html", more)


@manager()
def statement_pdf(request: HttpRequest, statement_id: UUID) -> HttpResponse:
    """Hand out the printed statement."""
    shown = _found(request, statement_id)
    audit.note(request, "statement downloaded", shown.pk)
    return pdf(shown.pdf, f"{shown.file_name}.pdf")


@manager()
def statement_page(request: HttpRequest, statement_id: UUID) -> HttpResponse:
    """Show the statement's page as it was published."""
    shown = _found(request, statement_id)
    audit.note(request, "statement viewed", shown.pk)
    return page(shown.page)


@manager("master")
def delete_statements(request: HttpRequest, upload_id: UUID) -> HttpResponse:
    """Delete all statements of an upload, after asking; errors are corrected in the books and published again."""
    upload = found(Upload.objects.filter(account=request.user.account), upload_id)
    rows = Statement.objects.filter(upload=upload)
    if request.method != "POST":
        counted = f"{rows.count()} statement{'' if rows.count() == 1 else 's'}"
        came = f"{upload.publication_id} on {date_format(timezone.localtime(upload.uploaded_at), 'DATETIME_FORMAT')}"
        more = {
            "title": f"Delete {counted}?",
            "button": f"Delete {counted}",
            "words": f"They came with {came}. {_GONE}",
        }
        return render(request, "portal/delete.html", more | {"back": "/manage/statements/"})
    count = _delete(request, rows, f"of {upload.publication_id}")
    messages.success(request, f"{count} statements of {upload.publication_id} are deleted.")
    return redirect("review")


@manager("master")
def delete_statement(request: HttpRequest, statement_id: UUID) -> HttpResponse:
    """Delete one statement, after asking: such as one whose profile will never come."""
    shown = _found(request, statement_id)
    back = f"/manage/statements/?kind={shown.kind}"
    if request.method != "POST":
        more = {"title": "Delete this statement?", "button": "Delete this statement", "words": _GONE, "back": back}
        more["whose"] = f"{shown.profile or shown.identifier}, {shown.period_from} to {shown.period_to}"
        return render(request, "portal/delete.html", more)
    what = f"of {shown.identifier}, {shown.period_from} to {shown.period_to}, number {shown.number}"
    _delete(request, Statement.objects.filter(pk=shown.pk), what)
    messages.success(request, f"The statement of {shown.profile or shown.identifier} is deleted.")
    return redirect(back)


def _delete(request: HttpRequest, rows: "QuerySet[Statement]", what: str) -> int:
    """Delete statements with their files, and note it."""
    with transaction.atomic():
        keys = [key for pair in rows.values_list("pdf", "page") for key in pair if key]
        count = rows.count()
        receiving.statements_deleted(rows)
        rows.delete()
        audit.note(request, "statements deleted", f"{count} {what}")
        transaction.on_commit(lambda: [default_storage.delete(key) for key in keys])
    return count
