"""Logging on and off, links that work once, and one's own password."""

from django.contrib import messages
from django.contrib.auth import authenticate, login, logout, update_session_auth_hash
from django.contrib.auth.decorators import login_required
from django.contrib.auth.forms import PasswordChangeForm
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_http_methods

from recon.portal import audit, forms, invitations, lockout
from recon.portal.models import Invitation, Role, User

_TOO_MANY = "Too many wrong passwords. Wait 15 minutes, then try again."
_BACKEND = "recon.portal.lockout.LockOut"


def start(request: HttpRequest) -> HttpResponse:
    """Lead everybody to their first page."""
    if not request.user.is_authenticated:
        return redirect("log-on")
    return redirect("mine" if request.user.role == Role.CLIENT else "management")


@require_http_methods(["GET", "POST"])
def log_on(request: HttpRequest) -> HttpResponse:
    """Log on; `Updates` says whether profiles are updated during this session (PUB-40)."""
    form = forms.LogOn(request.POST or None)
    status = 200
    if request.method == "POST" and form.is_valid():
        user = authenticate(request, username=form.cleaned_data["username"], password=form.cleaned_data["password"])
        if user is not None:
            login(request, user)
            request.session["updates"] = form.cleaned_data["updates"]
            return redirect(_next(request))
        if getattr(request, "is_locked_out", False):
            status = 429
            form.add_error(None, _TOO_MANY)
        else:
            form.add_error(None, "User name or password is wrong.")
    return render(request, "portal/log_on.html", {"form": form, "next": _next(request)}, status=status)


def _next(request: HttpRequest) -> str:
    place = request.POST.get("next") or request.GET.get("next") or ""
    is_ours = url_has_allowed_host_and_scheme(place, {request.get_host()}, require_https=request.is_secure())
    return place if is_ours else "/"


@require_http_methods(["POST"])
def log_off(request: HttpRequest) -> HttpResponse:
    """Log off."""
    logout(request)
    return redirect("log-on")


@login_required
@require_http_methods(["GET", "POST"])
def password(request: HttpRequest) -> HttpResponse:
    """Change one's own password; other sessions end, and the publishing program's too."""
    form = PasswordChangeForm(request.user, request.POST or None)
    status = 200
    if request.method == "POST":
        # Whoever finds a session open may not guess the password here either.
        mine = lockout.begin(request.user.username, audit.address_of(request))
        if mine is None:
            status = 429
            form = PasswordChangeForm(request.user, {})
            form.errors.clear()
            form.add_error(None, _TOO_MANY)
            if lockout.note_refusal(request, request.user.username):
                audit.note(request, "password change refused")
        else:
            is_valid = form.is_valid()
            is_wrong = form.has_error("old_password", "password_incorrect")
            lockout.end(mine, right=not is_wrong)
            if is_wrong:
                audit.note(request, "wrong old password")
            if is_valid:
                form.save()
                update_session_auth_hash(request, request.user)
                audit.note(request, "password changed")
                messages.success(request, "The password is changed.")
                return redirect("start")
    more = {"form": form, "title": "Change password", "button": "Change password"}
    return render(request, "portal/form.html", more, status=status)


@require_http_methods(["GET", "POST"])
def invitation(request: HttpRequest, token: str) -> HttpResponse:
    """Follow a link that works once: set an account up, get access as a client, or choose a password."""
    found = invitations.find(token)
    if found is None:
        return _gone(request)
    try:
        if found.account is None:
            return _set_up(request, found)
        if found.user is not None:
            return _choose_password(request, found, found.user)
        return _join(request, found)
    except invitations.Used:
        return _gone(request)


def _gone(request: HttpRequest) -> HttpResponse:
    words = "This link was used, replaced by a newer one, or is too old. Ask your property manager for another."
    return render(request, "portal/message.html", {"title": "This link no longer works", "words": words}, status=404)


def _set_up(request: HttpRequest, found: Invitation) -> HttpResponse:
    form = forms.SetUp(request.POST or None)
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        user = invitations.set_up(found, given["pmid"], given["firm"], given["password1"])
        return _entered(request, user, "account set up")
    intro = "The Property Manager ID and the master password are what the workbench publishes with."
    more = {"form": form, "title": "Set up the control panel", "button": "Set up", "intro": intro}
    return render(request, "portal/form.html", more)


def _choose_password(request: HttpRequest, found: Invitation, user: User) -> HttpResponse:
    form = forms.NewPassword(request.POST or None, user=user)
    if request.method == "POST" and form.is_valid():
        user = invitations.choose_password(found, form.cleaned_data["password1"])
        return _entered(request, user, "password chosen")
    more = {
        "form": form,
        "title": "Choose a password",
        "button": "Save and log on",
        "intro": f"For the user name {user.username}.",
    }
    return render(request, "portal/form.html", more)


def _join(request: HttpRequest, found: Invitation) -> HttpResponse:
    user = request.user
    if user.is_authenticated and user.role == Role.CLIENT and user.account_id == found.account_id:
        if request.method == "POST":
            invitations.link(found, user)
            audit.note(request, "account linked", found.profile)
            messages.success(request, f"{found.profile} is linked to your account.")
            return redirect("mine")
        return render(request, "portal/join.html", {"profile": found.profile, "is_known": True})
    form = forms.Join(request.POST or None)
    if request.method == "POST":
        invitations.note_try(found)
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        made = invitations.join(found, given["username"], given["password1"])
        return _entered(request, made, "account set up and linked")
    return render(request, "portal/join.html", {"form": form, "profile": found.profile, "is_known": False})


def _entered(request: HttpRequest, user: User, action: str) -> HttpResponse:
    login(request, user, backend=_BACKEND)
    request.session["updates"] = True
    audit.note(request, action)
    return redirect("start")
