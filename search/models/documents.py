"""The documents as the database engine keeps them.

The text itself lies beside these in tables of the database's own full-text search, which a migration
makes for each vendor (`search.engines.sql`).
"""

from django.db import models


class IndexedDocument(models.Model):
    """What is found. `payload` is the `SearchDocument`'s public card and `members_payload` what a member's adds.

    `evidence` and `adoptions` are what everybody's results are sorted by, `all_evidence` and `all_adoptions` members'.
    So with `stale`, which sinks. `make` is the make of the tables and texts that wrote it (`search.engines.sql.MAKE`).
    """

    key = models.CharField(max_length=60, unique=True)
    kind = models.CharField(max_length=30)
    object_id = models.BigIntegerField()
    version = models.BigIntegerField()
    digest = models.CharField(max_length=32)
    title = models.CharField(max_length=300)
    summary = models.TextField(blank=True)
    published_at = models.DateTimeField(null=True, blank=True)
    evidence = models.PositiveSmallIntegerField(null=True, blank=True)
    adoptions = models.PositiveIntegerField(default=0)
    all_evidence = models.PositiveSmallIntegerField(null=True, blank=True)
    all_adoptions = models.PositiveIntegerField(default=0)
    stale = models.BooleanField(default=False)
    all_stale = models.BooleanField(default=False)
    payload = models.JSONField(default=dict)
    members_payload = models.JSONField(default=dict)
    make = models.PositiveSmallIntegerField(default=0, db_index=True)

    class Meta:
        verbose_name = "search document"
        verbose_name_plural = "search documents"
        indexes = [models.Index(fields=["-published_at", "id"], name="search_newest")]

    def __str__(self) -> str:
        return self.key


class FacetValue(models.Model):
    """A value that some document has or had, with its name, so that counts need no other table."""

    facet = models.CharField(max_length=20)
    value = models.CharField(max_length=160)
    label = models.CharField(max_length=300, blank=True)
    label_cy = models.CharField(max_length=300, blank=True)

    class Meta:
        verbose_name = "search facet value"
        verbose_name_plural = "search facet values"
        constraints = [models.UniqueConstraint(fields=["facet", "value"], name="search_facet_value_once")]

    def __str__(self) -> str:
        return f"{self.facet}={self.value}"


class DocumentFacet(models.Model):
    """A document has a value; `members_only` ones count and filter for members alone."""

    document = models.ForeignKey(IndexedDocument, on_delete=models.CASCADE, db_index=False, related_name="+")
    value = models.ForeignKey(FacetValue, on_delete=models.CASCADE, db_index=False, related_name="+")
    members_only = models.BooleanField(default=False)

    class Meta:
        verbose_name = "search facet of a document"
        verbose_name_plural = "search facets of documents"
        constraints = [models.UniqueConstraint(fields=["document", "value"], name="search_document_facet_once")]
        indexes = [
            models.Index(fields=["document", "members_only", "value"], name="search_facets_of_document"),
            models.Index(fields=["value", "members_only", "document"], name="search_documents_of_value"),
        ]

    def __str__(self) -> str:
        return f"{self.document_id} {self.value_id}"


class DocumentPoint(models.Model):
    """Where a document is, in degrees (WGS 84); `members_only` ones measure and show for members alone."""

    document = models.ForeignKey(IndexedDocument, on_delete=models.CASCADE, related_name="+")
    lat = models.FloatField()
    lng = models.FloatField()
    members_only = models.BooleanField(default=False)

    class Meta:
        verbose_name = "search point of a document"
        verbose_name_plural = "search points of documents"

    def __str__(self) -> str:
        return f"{self.document_id} at {self.lat}, {self.lng}"


class SpelledWord(models.Model):
    """A word as it is spelled in documents, without signs and in small letters, and in how many of them it is.

    `public` counts documents where everybody may read it, `members` those where a member may. `head` and `tail`, two
    letters each, and `length` are what words that look alike are looked up by.
    """

    word = models.CharField(max_length=40, unique=True)
    head = models.CharField(max_length=2)
    tail = models.CharField(max_length=2)
    length = models.PositiveSmallIntegerField()
    public = models.IntegerField(default=0)
    members = models.IntegerField(default=0)

    class Meta:
        verbose_name = "word of search documents"
        verbose_name_plural = "words of search documents"
        indexes = [
            models.Index(fields=["head", "length"], name="search_word_head"),
            models.Index(fields=["tail", "length"], name="search_word_tail"),
        ]

    def __str__(self) -> str:
        return self.word


class Rebuild(models.Model):
    """Somebody makes an engine's tables anew and said so at `beat_at`; who has been silent for long has died."""

    engine = models.CharField(max_length=20, unique=True)
    beat_at = models.DateTimeField()

    class Meta:
        verbose_name = "rebuild of a search index"
        verbose_name_plural = "rebuilds of search indices"

    def __str__(self) -> str:
        return self.engine


class RemovedDocument(models.Model):
    """Removed at this version: a slower worker that read an older state does not bring it back."""

    key = models.CharField(max_length=60, unique=True)
    version = models.BigIntegerField()
    removed_at = models.DateTimeField(auto_now=True)

    class Meta:
        verbose_name = "removed search document"
        verbose_name_plural = "removed search documents"

    def __str__(self) -> str:
        return self.key
