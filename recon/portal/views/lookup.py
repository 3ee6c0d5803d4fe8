"""Look-ups: profiles, their documents, and who of them may look (PUB-26, PUB-28, PUB-32, PUB-33)."""

from smtplib import SMTPRecipientsRefused, SMTPResponseException
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.files.storage import default_storage
from django.core.mail import get_connection
from django.core.paginator import Paginator
from django.db import transaction
from django.db.models import Exists, OuterRef, Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone

from recon.portal import audit, invitations, statement_pages
from recon.portal.models import Activity, Document, Invitation, Link, Profile, ProfileChange, Statement
from recon.portal.profiles import WORDS
from recon.portal.views.clients import ROWS
from recon.portal.views.doors import attachment, found, manager, viewed

# What each look-up is called: by the seeds for owners, in the same way for the others.
KINDS = {"owners": "owner", "tenants": "tenant", "vendors": "vendor", "units": "unit"}
_ROWS = 200
_LETTERS = 100  # in one go, so that the page answers in time
_NAMED = 10  # of those who could not be invited


def _kind(plural: str) -> str:
    if plural not in KINDS:
        raise Http404
    return KINDS[plural]


def _words(request: HttpRequest, name: str) -> str:
    return request.GET.get(name, "").strip().replace("\0", "")[:200]


@manager()
def profiles(request: HttpRequest, plural: str) -> HttpResponse:
    """Owner Lookup, Tenant Lookup, Vendor Lookup, Unit Lookup."""
    kind, asked = _kind(plural), _words(request, "q")
    rows = Profile.objects.filter(account=request.user.account, kind=kind)
    if request.GET.get("inactive") is None:
        rows = rows.filter(is_active=True)
    if asked:
        rows = rows.filter(Q(name__icontains=asked) | Q(identifier__icontains=asked))
    rows = rows.annotate(is_linked=Exists(Link.objects.filter(profile=OuterRef("pk"))))
    more = {
        "plural": plural,
        "kind": kind,
        "noun": kind.capitalize(),
        "page": Paginator(rows, 100).get_page(request.GET.get("page")),
        "q": asked,
        "inactive": request.GET.get("inactive") is not None,
        "may_invite": request.user.may("manage_clients"),
    }
    return render(request, "portal/profiles.html", more)


@manager()
def documents(request: HttpRequest, plural: str) -> HttpResponse:
    """Document Lookup for Owners, Tenants, Vendors or Units: statements and documents."""
    kind, asked, title = _kind(plural), _words(request, "q"), _words(request, "title")
    whose = Q(profile__name__icontains=asked) | Q(profile__identifier__icontains=asked)
    statements = Statement.objects.filter(account=request.user.account, kind=kind).select_related("profile")
    found_documents = Document.objects.filter(account=request.user.account, kind=kind).select_related("profile")
    if asked:
        statements = statements.filter(whose | Q(identifier__icontains=asked))
        found_documents = found_documents.filter(whose)
    if title:
        found_documents = found_documents.filter(title__icontains=title)
        if title.lower() not in "statement":
            statements = statements.none()
    more = {
        "plural": plural,
        "noun": kind.capitalize(),
        "q": asked,
        "title_asked": title,
        "statements": statements.order_by("-saved_at", "identifier")[:_ROWS],
        "documents": found_documents[:_ROWS],
        "limit": _ROWS,
    }
    return render(request, "portal/documents.html", more)


def _found(request: HttpRequest, profile_id: UUID) -> Profile:
    profile: Profile = found(Profile.objects.filter(account=request.user.account), profile_id)
    return profile


@manager()
def profile_documents(request: HttpRequest, profile_id: UUID) -> HttpResponse:
    """View Documents: statements, documents and activity of one profile."""
    profile = _found(request, profile_id)
    current, past = statement_pages.archived(
        request.user.account.archives_statements, list(Statement.objects.filter(profile=profile))
    )
    more = {
        "profile": profile,
        "current": current,
        "past": past,
        "documents": Document.objects.filter(profile=profile),
        "page": Paginator(Activity.objects.filter(profile=profile), ROWS).get_page(request.GET.get("page")),
    }
    audit.note(request, "documents and activity viewed", profile.pk)
    return render(request, "portal/profile_documents.html", more)


@manager()
def profile(request: HttpRequest, profile_id: UUID) -> HttpResponse:
    """Show what the books say of somebody, what changed, and who may look."""
    shown = _found(request, profile_id)
    fields = [
        (words, {True: "yes", False: "no"}.get(value, value) if isinstance(value, bool) else value)
        for name, words in WORDS.items()
        if (value := getattr(shown, name)) != ""
    ]
    if shown.kind == "unit":
        fields = [(words, value) for words, value in fields if words != WORDS["access_in_books"]]
    more = {
        "profile": shown,
        "fields": fields,
        "changes": ProfileChange.objects.filter(
            account=request.user.account, kind=shown.kind, identifier=shown.identifier
        )[:50],
        "links": Link.objects.filter(profile=shown).select_related("user"),
        "may": request.user.may("manage_clients"),
    }
    return render(request, "portal/profile.html", more)


@manager("manage_clients", post=True)
def access(request: HttpRequest, profile_id: UUID) -> HttpResponse:
    """Give online access or take it away; either takes effect at once (PUB-28)."""
    shown = _client_profile(request, profile_id)
    given = request.POST.get("access") == "give"
    Profile.objects.filter(pk=shown.pk).update(online_access=given)
    if not given:
        invitations.withdraw(profile=shown)
    audit.note(request, "access given" if given else "access taken away", shown.pk)
    messages.success(request, f"Online access is {'given to' if given else 'taken away from'} {shown.name}.")
    return redirect("profile", profile_id=shown.pk)


def _client_profile(request: HttpRequest, profile_id: UUID) -> Profile:
    shown = _found(request, profile_id)
    if shown.kind == "unit":
        raise Http404
    return shown


@manager("manage_clients", post=True)
def invite(request: HttpRequest, profile_id: UUID) -> HttpResponse:
    """Make a link by which a client sets up and links an account; it is shown once and sent by e-mail if asked."""
    shown = _client_profile(request, profile_id)
    if not (shown.online_access and shown.is_active):
        messages.error(request, f"Give {shown.name} online access first; then the invitation leads somewhere.")
        return redirect("profile", profile_id=shown.pk)
    link = request.build_absolute_uri(f"/invitation/{invitations.for_client(shown)}/")
    by_mail = bool(shown.email) and request.POST.get("mail") is not None
    if by_mail:
        try:
            invitations.post(shown.email, request.user.account.firm, link)
        except ValueError:
            by_mail = False
            messages.error(request, "The books have no single e-mail address here; hand the link over yourself.")
        except OSError:
            by_mail = False
            messages.error(request, "The e-mail could not be sent; hand the link over yourself.")
    audit.note(request, "client invited", shown.pk)
    more = {
        "link": link,
        "whose": shown,
        "days": invitations.DAYS,
        "mailed_to": shown.email if by_mail else "",
        "back": f"/manage/profiles/{shown.pk}/",
    }
    return render(request, "portal/link.html", more)


@manager("manage_clients")
def invite_all(request: HttpRequest, plural: str) -> HttpResponse:
    """Send invitations to all of a kind who have access and an address, and neither a log-on nor an open invitation."""
    account = request.user.account
    invited = Invitation.objects.filter(profile=OuterRef("pk"), used_at=None, expires_at__gt=timezone.now())
    clients = Profile.objects.filter(account=account, kind=_kind(plural), is_active=True, online_access=True)
    waiting = clients.filter(links=None).exclude(email="").exclude(kind="unit").exclude(Exists(invited))
    if request.method != "POST":
        more = {"plural": plural, "count": waiting.count(), "days": invitations.DAYS, "limit": _LETTERS}
        return render(request, "portal/invite_all.html", more)
    sent, failed = 0, []
    try:
        with get_connection() as connection:
            for shown in waiting:
                if sent == _LETTERS:
                    break
                if _post(request, shown, connection):
                    sent += 1
                else:
                    failed.append(shown.name)
    except OSError:
        messages.error(request, "The e-mail server does not answer; see to the e-mail settings, then repeat it.")
    if failed:
        named = ", ".join(failed[:_NAMED]) + (f" and {len(failed) - _NAMED} more" if len(failed) > _NAMED else "")
        words = f"Not invited: {named}. Correct their e-mail addresses in the books, or make their links by hand."
        messages.error(request, words)
    messages.success(request, f"{sent} invitation{' was' if sent == 1 else 's were'} sent.")
    return redirect("profiles", plural=plural)


def _post(request: HttpRequest, shown: Profile, connection: Any) -> bool:
    """Send one invitation; if its letter cannot go out, there is none, and it does not keep the others from theirs.

    Raises:
        OSError: the server is gone, and no other letter would go out either.
    """
    token = invitations.for_client(shown)
    link = request.build_absolute_uri(f"/invitation/{token}/")
    try:
        invitations.post(shown.email, request.user.account.firm, link, connection)
    except (ValueError, SMTPResponseException, SMTPRecipientsRefused):
        invitations.withdraw(token=token)
        return False
    except OSError:
        invitations.withdraw(token=token)
        raise
    audit.note(request, "client invited", shown.pk)
    return True


@manager("manage_clients", post=True)
def unlink(request: HttpRequest, profile_id: UUID, link_id: int) -> HttpResponse:
    """Part a log-on from a profile."""
    shown = _found(request, profile_id)
    link = found(Link.objects.filter(profile=shown).select_related("user"), link_id)
    audit.note(request, "account unlinked", f"{shown.pk} from {link.user.username}")
    messages.success(request, f"{link.user.username} is no longer linked to {shown.name}.")
    link.delete()
    invitations.withdraw(profile=shown)
    return redirect("profile", profile_id=shown.pk)


@manager()
def document(request: HttpRequest, document_id: UUID) -> HttpResponse:
    """View this document, or save it."""
    shown = found(Document.objects.filter(account=request.user.account), document_id)
    response = (attachment if "save" in request.GET else viewed)(shown.file, shown.file_name)
    audit.note(request, "document viewed", shown.pk)
    return response


@manager("master")
def delete_document(request: HttpRequest, document_id: UUID) -> HttpResponse:
    """Delete one document with its file, after asking."""
    rows = Document.objects.filter(account=request.user.account).select_related("profile")
    shown = found(rows, document_id)
    back = f"/manage/documents/{shown.kind}s/"
    if request.method != "POST":
        words = "Take its file out of the workbench's documents too; else the next publication brings it again."
        more = {"title": f"Delete {shown.file_name}?", "button": "Delete this document", "words": words, "back": back}
        more["whose"] = shown.profile or shown.safe_name
        return render(request, "portal/delete.html", more)
    with transaction.atomic():
        audit.note(request, "document deleted", f"{shown.file_name} of {shown.kind} {shown.safe_name}")
        file = shown.file
        shown.delete()
        transaction.on_commit(lambda: default_storage.delete(file))
    messages.success(request, f"{shown.file_name} is deleted.")
    return redirect(back)
