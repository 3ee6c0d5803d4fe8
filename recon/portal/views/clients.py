"""What owners, tenants and vendors see. Every row comes through `visible_to`, and nothing else does."""

from uuid import UUID

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from recon.portal import audit, statement_pages
from recon.portal.models import Activity, Document, Profile, Statement
from recon.portal.views.doors import attachment, client, found, page, pdf, viewed

ROWS = 500  # of activity on a page


@client
def mine(request: HttpRequest) -> HttpResponse:
    """Show everything that is somebody's own, newest first."""
    user = request.user
    statements = list(Statement.objects.visible_to(user))
    documents = list(Document.objects.visible_to(user))
    parts = []
    for profile in Profile.objects.visible_to(user).order_by("kind", "name"):
        own = [statement for statement in statements if statement.profile_id == profile.pk]
        current, past = statement_pages.archived(user.account.archives_statements, own)
        parts.append(
            {
                "profile": profile,
                "newest": own[0] if own else None,
                "current": current,
                "past": past,
                "documents": [document for document in documents if document.profile_id == profile.pk],
                "activity": Activity.objects.visible_to(user).filter(profile=profile).count(),
            }
        )
    audit.note(request, "balances viewed")
    return render(request, "portal/mine.html", {"parts": parts})


@client
@require_http_methods(["GET", "POST"])
def statement(request: HttpRequest, statement_id: UUID) -> HttpResponse:
    """Show a statement; an owner's choice of sort is remembered (PUB-44)."""
    shown = found(Statement.objects.visible_to(request.user).select_related("profile"), statement_id)
    if request.method == "POST":
        if request.POST.get("sort") in statement_pages.SORTS:
            request.user.sort = request.POST["sort"]
            request.user.save(update_fields=["sort"])
        return redirect("my-statement", statement_id=shown.pk)
    sections = statement_pages.sections(shown, request.user.sort)
    audit.note(request, "statement viewed", shown.pk)
    more = {
        "statement": shown,
        "sections": sections,
        "sort": request.user.sort,
        "sorts": statement_pages.SORTS,
        "has_lines": any(one.section.has_lines for one in sections),
    }
    return render(request, "portal/statement.html", more)


@client
def statement_pdf(request: HttpRequest, statement_id: UUID) -> HttpResponse:
    """Hand out the printed statement."""
    shown = found(Statement.objects.visible_to(request.user), statement_id)
    audit.note(request, "statement downloaded", shown.pk)
    return pdf(shown.pdf, f"{shown.file_name}.pdf")


@client
def statement_page(request: HttpRequest, statement_id: UUID) -> HttpResponse:
    """Show the statement's page as it was published."""
    shown = found(Statement.objects.visible_to(request.user), statement_id)
    audit.note(request, "statement viewed", shown.pk)
    return page(shown.page)


@client
def document(request: HttpRequest, document_id: UUID) -> HttpResponse:
    """Show a document, or hand it out."""
    shown = found(Document.objects.visible_to(request.user), document_id)
    response = (attachment if "save" in request.GET else viewed)(shown.file, shown.file_name)
    audit.note(request, "document viewed", shown.pk)
    return response


@client
def activity(request: HttpRequest, profile_id: UUID) -> HttpResponse:
    """Show the recent activity of one profile."""
    whose = found(Profile.objects.visible_to(request.user), profile_id)
    rows = Activity.objects.visible_to(request.user).filter(profile=whose)
    audit.note(request, "activity viewed", profile_id)
    shown = Paginator(rows, ROWS).get_page(request.GET.get("page"))
    return render(request, "portal/activity.html", {"profile": whose, "page": shown})
