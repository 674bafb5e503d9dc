"""Where Elasticsearch is: several servers, with a password that nobody reads."""

import pytest

from search.engines.base import EngineUnavailable
from search.engines.elastic import ElasticsearchEngine


def test_several_servers_are_asked_and_their_password_is_told_to_nobody(caplog):
    addresses = ["https://search:sesame@127.0.0.1:9", "https://search:sesame@127.0.0.1:19"]
    engine = ElasticsearchEngine(addresses=addresses, name="somewhere")
    nodes = engine._client.transport.node_pool.all()
    assert sorted(node.config.port for node in nodes) == [9, 19]
    told = []
    for _ in addresses:
        with pytest.raises(EngineUnavailable) as refused:
            engine.health()
        told.append(str(refused.value))
    assert "sesame" not in f"{told} {caplog.text} {nodes} {[node.config for node in nodes]}"
    assert all("127.0.0.1" in str(node) for node in nodes)
