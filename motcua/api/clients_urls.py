"""Addresses of who lets other systems in (vận hành: hệ thống kết nối)."""

from django.urls import path as address

from motcua.ui.language import in_vietnamese

from . import clients_views as views

app_name = "systems"

urlpatterns = [
    address("", in_vietnamese(views.systems), name="systems"),
    address("moi/", in_vietnamese(views.register), name="register"),
    address("<slug:client_id>/", in_vietnamese(views.system), name="system"),
    address("<slug:client_id>/doi-mat-khau/", in_vietnamese(views.rotate), name="rotate"),
    address("<slug:client_id>/khoa/", in_vietnamese(views.disable), name="disable"),
    address("<slug:client_id>/mo-lai/", in_vietnamese(views.enable), name="enable"),
]
