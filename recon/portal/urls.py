"""The addresses of the control panel."""

from django.urls import path

from recon.portal import api
from recon.portal.views import clients, logging_on, lookup, management, review

_API = [
    path("v1/session", api.session),
    path("v1/uploads", api.uploads),
    path("v1/uploads/<uuid:upload_id>", api.upload),
    path("v1/uploads/<uuid:upload_id>/complete", api.completed),
]
_LOGGING_ON = [
    path("", logging_on.start, name="start"),
    path("log-on/", logging_on.log_on, name="log-on"),
    path("log-off/", logging_on.log_off, name="log-off"),
    path("password/", logging_on.password, name="password"),
    path("invitation/<slug:token>/", logging_on.invitation, name="invitation"),
]
_MANAGEMENT = [
    path("manage/", management.home, name="management"),
    path("manage/alerts/", management.alerts, name="alerts"),
    path("manage/alerts/update-profiles/", management.update_profiles, name="update-profiles"),
    path("manage/alerts/older-books/", management.take_older_books, name="older-books"),
    path("manage/uploads/<uuid:upload_id>/clear/", management.clear_upload, name="clear-upload"),
    path("manage/uploads/<uuid:upload_id>/backup/", management.backup, name="backup"),
    path("manage/uploads/<uuid:upload_id>/statements/", review.delete_statements, name="delete-statements"),
    path("manage/badge/", management.badge, name="badge"),
    path("manage/settings/", management.account_settings, name="settings"),
    path("manage/users/", management.users, name="users"),
    path("manage/users/<int:user_id>/", management.user, name="user"),
    path("manage/users/<int:user_id>/password/", management.new_password, name="new-password"),
    path("manage/log/", management.log, name="log"),
    path("manage/statements/", review.review, name="review"),
    path("manage/statements/approve/", review.approve, name="approve"),
    path("manage/statements/<uuid:statement_id>/", review.statement, name="statement"),
    path("manage/statements/<uuid:statement_id>/pdf/", review.statement_pdf, name="statement-pdf"),
    path("manage/statements/<uuid:statement_id>/page/", review.statement_page, name="statement-page"),
    path("manage/statements/<uuid:statement_id>/delete/", review.delete_statement, name="delete-statement"),
    path("manage/documents/<slug:plural>/", lookup.documents, name="documents"),
    path("manage/document/<uuid:document_id>/", lookup.document, name="document"),
    path("manage/document/<uuid:document_id>/delete/", lookup.delete_document, name="delete-document"),
    path("manage/lookup/<slug:plural>/", lookup.profiles, name="profiles"),
    path("manage/lookup/<slug:plural>/invite/", lookup.invite_all, name="invite-all"),
    path("manage/profiles/<uuid:profile_id>/", lookup.profile, name="profile"),
    path("manage/profiles/<uuid:profile_id>/documents/", lookup.profile_documents, name="profile-documents"),
    path("manage/profiles/<uuid:profile_id>/access/", lookup.access, name="access"),
    path("manage/profiles/<uuid:profile_id>/invite/", lookup.invite, name="invite"),
    path("manage/profiles/<uuid:profile_id>/links/<int:link_id>/", lookup.unlink, name="unlink"),
]
_CLIENTS = [
    path("my/", clients.mine, name="mine"),
    path("my/statements/<uuid:statement_id>/", clients.statement, name="my-statement"),
    path("my/statements/<uuid:statement_id>/pdf/", clients.statement_pdf, name="my-statement-pdf"),
    path("my/statements/<uuid:statement_id>/page/", clients.statement_page, name="my-statement-page"),
    path("my/documents/<uuid:document_id>/", clients.document, name="my-document"),
    path("my/activity/<uuid:profile_id>/", clients.activity, name="my-activity"),
]
urlpatterns = [*_API, *_LOGGING_ON, *_MANAGEMENT, *_CLIENTS]
handler404 = "recon.portal.views.doors.lost"
handler500 = "recon.portal.views.doors.broken"
