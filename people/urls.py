"""Addresses of the accounts, and of who is in the pictures."""

from __future__ import annotations

from django.urls import path

import media_index.urls  # noqa: F401 (registers the converters)
from people.accounts import language_views, token_views, views
from people.pages import faces, persons, review

urlpatterns = [
    path("setup/", views.setup, name="setup"),
    path("login/", views.login, name="login"),
    path("logout/", views.logout, name="logout"),
    path("password/", views.password, name="password"),
    path("language/", language_views.language, name="language"),
    path("access-tokens/", token_views.access_tokens, name="access-tokens"),
    path("access-tokens/<slug:public_id>/revoke/", token_views.access_token_revoke, name="access-token-revoke"),
    path("people/", persons.person_list, name="person-list"),
    path("people/review/", review.review, name="review"),
    path("people/review/answer/", review.review_answer, name="review-answer"),
    path("people/decisions/", review.decisions, name="decisions"),
    path("people/decisions/<id:pk>/undo/", review.decision_take_back, name="decision-undo"),
    path("people/groups/<id:pk>/", review.group_detail, name="group-detail"),
    path("people/groups/<id:pk>/name/", review.group_name, name="group-name"),
    path("people/faces/<id:pk>/", faces.face_change, name="face-change"),
    path("people/faces/<id:pk>/crop/<slug:key>/", faces.face_crop, name="face-crop"),
    path("people/media/<id:pk>/", faces.media_faces, name="media-faces"),
    path("people/<id:pk>/", persons.person_detail, name="person-detail"),
    path("people/<id:pk>/edit/", persons.person_edit, name="person-edit"),
    path("people/<id:pk>/change/", persons.person_change, name="person-change"),
    path("people/<id:pk>/merge/", persons.person_merge, name="person-merge"),
    path("people/<id:pk>/faces/", persons.person_faces, name="person-faces"),
]
