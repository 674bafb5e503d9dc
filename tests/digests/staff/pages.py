"""Reading the staff's pages as text."""

import html
import re

from django.urls import reverse


def words(markup):
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", markup)).split())


def page(client, name, *args, **params):
    answer = client.get(reverse(name, args=args), params)
    assert answer.status_code == 200, answer.status_code
    return words(answer.content.decode())
