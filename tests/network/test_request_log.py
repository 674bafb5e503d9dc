import logging


def test_the_log_of_a_request_has_neither_what_was_searched_for_nor_from_where(client, db, caplog):
    with caplog.at_level(logging.INFO, logger="django_structlog"):
        client.get("/search/", {"q": "lonely at the surgery"}, REMOTE_ADDR="203.0.113.9")
    said = "\n".join(str(record.msg) for record in caplog.records if record.name.startswith("django_structlog"))
    assert "GET /search/" in said
    assert "lonely" not in said
    assert "203.0.113.9" not in said
