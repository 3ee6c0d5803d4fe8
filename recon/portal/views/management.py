"""RP Management: the first page, Updates and Alerts, settings, users, the audit log."""

from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Count
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils import timezone

from recon.portal import audit, forms, invitations, older_books, profiles, receiving
from recon.portal.models import AuditEntry, Profile, ProfileChange, Role, Statement, Upload, User
from recon.portal.models.published import Kind
from recon.portal.views.doors import attachment, found, manager, under_way
from recon.portal.views.frame import badge_of


@manager()
def home(request: HttpRequest) -> HttpResponse:
    """Show what is there and what waits for a person."""
    account = request.user.account
    active = Profile.objects.filter(account=account, is_active=True)
    counts = [(label, active.filter(kind=kind).count()) for kind, label in Kind.choices]
    waiting = Statement.objects.filter(account=account, approved_at=None, profile__isnull=False)
    more = {
        "counts": counts,
        "waiting": [(kind, count) for kind in ("owner", "tenant") if (count := waiting.filter(kind=kind).count())],
        "unmatched": Statement.objects.filter(account=account, profile=None).count(),
        "pending": under_way(request),
        "is_new": not Upload.objects.filter(account=account).exists(),
    }
    return render(request, "portal/home.html", more)


@manager()
def alerts(request: HttpRequest) -> HttpResponse:
    """Show Updates and Alerts: the pending upload, profiles that wait, what changed (PUB-11 to PUB-13)."""
    account = request.user.account
    pending = under_way(request)
    age = receiving.minutes(pending, timezone.now()) if pending else 0
    latest = ProfileChange.objects.filter(account=account).first()
    more = {
        "pending": pending,
        "may_update": request.user.may("upload"),
        "minutes": age,
        "may_clear": age >= settings.PORTAL_CLEAR_OFFERED,
        "should_clear": age >= settings.PORTAL_CLEAR_RECOMMENDED,
        "uploads": Upload.objects.filter(account=account)[:20],
        "counts": latest and latest.upload.changes.values("what").annotate(count=Count("pk")).order_by("what"),
        "changes": ProfileChange.objects.filter(account=account).exclude(what="new")[:100],
        "unmatched": Statement.objects.filter(account=account, profile=None)[:50],
        "left_out": older_books.left_out(account),
    }
    return render(request, "portal/alerts.html", more)


@manager("upload", post=True)
def update_profiles(request: HttpRequest) -> HttpResponse:
    """Take the waiting profiles over, where Auto Update does not."""
    count = profiles.update(request.user.account, request.user.username)
    messages.success(request, f"Profiles were updated: {count} changes.")
    return redirect("alerts")


@manager("master", post=True)
def take_older_books(request: HttpRequest) -> HttpResponse:
    """Take the next upload's books as they are, such as books that were restored from a backup."""
    older_books.take_next(request.user.account)
    audit.note(request, "older books taken")
    messages.success(request, "The next upload's books are taken as they are; publish again from the workbench.")
    return redirect("alerts")


@manager("upload", post=True)
def clear_upload(request: HttpRequest, upload_id: UUID) -> HttpResponse:
    """Clear a pending upload (PUB-12)."""
    upload = found(Upload.objects.filter(account=request.user.account), upload_id)
    try:
        receiving.clear(upload)
    except receiving.NotTaken as refused:
        messages.error(request, str(refused))
    else:
        audit.note(request, "upload cleared", upload.id)
        messages.success(request, "The pending upload is cleared; data can be uploaded again.")
    return redirect("alerts")


@manager("master")
def backup(request: HttpRequest, upload_id: UUID) -> HttpResponse:
    """Hand out the workspace's backup that came with an upload (PUB-02)."""
    upload = found(Upload.objects.filter(account=request.user.account), upload_id)
    response = attachment(upload.backup, f"workspace-{upload.publication_id}.zip")
    audit.note(request, "backup downloaded", upload.publication_id)
    return response


@manager()
def badge(request: HttpRequest) -> HttpResponse:
    """Say what the badge says, for the script that keeps it up to date."""
    shown = badge_of(request.user)
    return JsonResponse({"state": shown.state, "words": shown.words})


@manager("master")
def account_settings(request: HttpRequest) -> HttpResponse:
    """Change how the account works."""
    form = forms.Settings(request.POST or None, instance=request.user.account)
    if request.method == "POST" and form.is_valid():
        form.save()
        audit.note(request, "settings changed", ", ".join(form.changed_data))
        messages.success(request, "The settings are saved.")
        return redirect("settings")
    return render(request, "portal/form.html", {"form": form, "title": "Settings", "button": "Save settings"})


@manager("master")
def users(request: HttpRequest) -> HttpResponse:
    """List who may log on for the firm, and add somebody."""
    form = forms.Staff(request.POST or None)
    if request.method == "POST" and form.is_valid():
        form.instance.account, form.instance.role = request.user.account, Role.STAFF
        form.instance.set_unusable_password()
        user = form.save()
        audit.note(request, "user added", user.username)
        return _password_link(request, user)
    staff = User.objects.filter(account=request.user.account).exclude(role=Role.CLIENT).order_by("role", "username")
    return render(request, "portal/users.html", {"form": form, "staff": staff})


@manager("master")
def user(request: HttpRequest, user_id: int) -> HttpResponse:
    """Change somebody's rights."""
    known = found(User.objects.filter(account=request.user.account, role=Role.STAFF), user_id)
    form = forms.Rights(request.POST or None, instance=known)
    if request.method == "POST" and form.is_valid():
        form.save()
        audit.note(request, "rights changed", f"{known.username}: {', '.join(form.changed_data)}")
        messages.success(request, f"{known.username} is saved.")
        return redirect("users")
    return render(request, "portal/form.html", {"form": form, "title": f"User {known.username}", "button": "Save user"})


@manager("master", post=True)
def new_password(request: HttpRequest, user_id: int) -> HttpResponse:
    """Give a link by which somebody of the account, client or staff, chooses a new password."""
    known = found(User.objects.filter(account=request.user.account).exclude(role=Role.MASTER), user_id)
    return _password_link(request, known)


def _password_link(request: HttpRequest, known: User) -> HttpResponse:
    link = request.build_absolute_uri(f"/invitation/{invitations.for_password(known)}/")
    audit.note(request, "password link made", known.username)
    more = {"link": link, "whose": known.username, "days": invitations.DAYS, "back": "/manage/users/"}
    return render(request, "portal/link.html", more)


@manager("master")
def log(request: HttpRequest) -> HttpResponse:
    """Show the audit log of the account."""
    entries = AuditEntry.objects.filter(account=request.user.account)
    page = Paginator(entries, 100).get_page(request.GET.get("page"))
    return render(request, "portal/log.html", {"page": page})
