"""More like this one."""

from tests.search.contract.shops import SHOPS
from tests.search.documents import document


def test_similar_by_words_and_topics(engine):
    engine.index(
        *SHOPS,
        document(6, "A market in empty shops", summary="Traders filled the shops.", topic=["empty-shops"]),
        document(7, "Litter picking", summary="Volunteers with gloves.", topic=["environment"]),
    )
    similar = [hit.object_id for hit in engine.similar("case_study:6", kind="case_study", size=3)]
    assert similar[0] == 1
    assert 6 not in similar
    assert 7 not in similar
    assert engine.similar("case_study:404", kind="case_study") == []
