"""Public pages allow no inline script; the CMS cannot do without and is let off, nothing else."""

import pytest

from tests import factories

pytestmark = pytest.mark.django_db


def _directives(response):
    parts = (part.split() for part in response["Content-Security-Policy"].split(";"))
    return {name: values for name, *values in filter(None, parts)}


@pytest.mark.parametrize("path", ["/topics/", "/account/login/", "/cy/account/login/", "/cmsx/", "/no-such-page/"])
def test_public_pages_are_strict(client, path):
    policy = _directives(client.get(path))
    assert policy["script-src"] == policy["style-src"] == policy["default-src"] == ["'self'"]
    assert "blob:" not in policy["img-src"]


def test_the_cms_gets_what_its_editor_needs(client):
    client.force_login(factories.UserFactory(administrator=True))
    policy = _directives(client.get("/cms/"))
    assert policy["script-src"] == policy["style-src"] == ["'self'", "'unsafe-inline'"]
    assert {"data:", "blob:"} <= set(policy["img-src"])
    assert policy["object-src"] == ["'none'"]
    assert policy["default-src"] == policy["connect-src"] == policy["frame-ancestors"] == ["'self'"]
    assert "'unsafe-eval'" not in str(policy)
