"""The addresses of the control panel."""

from django.urls import path

from recon.portal import api

urlpatterns = [
    path("v1/session", api.session),
    path("v1/uploads", api.uploads),
    path("v1/uploads/<uuid:upload_id>", api.upload),
    path("v1/uploads/<uuid:upload_id>/complete", api.completed),
]
