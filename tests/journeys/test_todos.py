"""The to-dos come from every module: what one of them counts wrongly would break the first page of many."""

from django.contrib import auth
from django.test import Client


def test_everybodys_to_dos_open(company):
    people = auth.get_user_model().objects.in_bulk(list(company.people.values()))
    answered = {}
    for username, pk in company.people.items():
        client = Client()
        client.force_login(people[pk], backend="allauth.account.auth_backends.AuthenticationBackend")
        answered[username] = client.get("/todos/").status_code
    assert len(answered) > 10
    assert answered == dict.fromkeys(answered, 200)
