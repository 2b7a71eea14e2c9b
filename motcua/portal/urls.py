"""Addresses of the portal (Cổng dịch vụ công); one list for each chapter."""

from django.urls import path

from .views import catalogue

app_name = "portal"

CATALOGUE = [
    path("", catalogue.home, name="home"),
    path("tim-kiem/", catalogue.search, name="search"),
    path("linh-vuc/", catalogue.fields, name="fields"),
    path("co-quan/", catalogue.agencies, name="agencies"),
    path("thu-tuc/<str:code>/", catalogue.procedure, name="procedure"),
]

urlpatterns = [*CATALOGUE]
