from django.urls import path

from . import views

app_name = "ui"

urlpatterns = [
    path("", views.portal, name="portal"),
    path("quay/", views.counter, name="counter"),
    path("giay/", views.sheet, name="sheet"),
]
