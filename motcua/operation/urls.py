"""Addresses of operation (vận hành)."""

from django.urls import path

from motcua.ui.language import in_vietnamese

from . import views

app_name = "operation"
urlpatterns = [
    path("", in_vietnamese(views.home), name="home"),
    path("song/", views.alive, name="alive"),
    path("san-sang/", views.ready, name="ready"),
    path("so-lieu/", views.figures_page, name="figures"),
    path("viec/<int:pk>/chay-lai/", in_vietnamese(views.try_again), name="try_again"),
]
