# mypy: disable-error-code="misc,import-untyped"
# misc, import-untyped: Django ships no types and its stubs are no dependency; models have an untyped parent
"""The contacts as Django models. Configure the settings before importing this module."""

from __future__ import annotations

from typing import ClassVar

import phonenumbers
from django.core.exceptions import ValidationError
from django.db import models

__all__ = ["MODELS", "Address", "Affiliation", "Contact", "Email", "Phone", "Tag", "e164"]


def e164(text: str) -> str:
    """Return a number in E.164; a national number is read as French."""
    try:
        number = phonenumbers.parse(text, "FR")
    except phonenumbers.NumberParseException as error:
        raise ValidationError(str(error)) from error
    if not phonenumbers.is_valid_number(number):
        raise ValidationError("not a telephone number")
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


class PhoneField(models.CharField):
    """A telephone number, normalised to E.164."""

    def to_python(self, value: object) -> str:
        return e164(str(value))


class Tag(models.Model):
    name = models.CharField(max_length=100, unique=True)

    class Meta:
        app_label = "bench"
        db_table = "tag"

    def __str__(self) -> str:
        return str(self.name)


class Contact(models.Model):
    kind = models.CharField(max_length=10, choices=[("person", "person"), ("company", "company")])
    name = models.CharField(max_length=300)
    given = models.CharField(max_length=150, blank=True)
    family = models.CharField(max_length=150, blank=True)
    sort_key = models.CharField(max_length=300)
    words = models.TextField()
    tag_words = models.TextField(blank=True)
    owner = models.CharField(max_length=50)
    note = models.TextField(blank=True)
    fields = models.JSONField(null=True, blank=True)
    version = models.IntegerField(default=1)
    tags = models.ManyToManyField(Tag, related_name="contacts")

    class Meta:
        app_label = "bench"
        db_table = "contact"
        indexes: ClassVar = [
            models.Index(fields=["sort_key", "id"], name="contact_sort"),
            models.Index(fields=["owner", "sort_key", "id"], name="contact_owner"),
        ]

    def __str__(self) -> str:
        return str(self.name)


class Email(models.Model):
    contact = models.ForeignKey(Contact, models.CASCADE, related_name="emails")
    address = models.EmailField()
    folded = models.CharField(max_length=254, db_index=True)

    class Meta:
        app_label = "bench"
        db_table = "email"

    def __str__(self) -> str:
        return str(self.address)


class Phone(models.Model):
    contact = models.ForeignKey(Contact, models.CASCADE, related_name="phones")
    number = PhoneField(max_length=20, db_index=True)

    class Meta:
        app_label = "bench"
        db_table = "phone"

    def __str__(self) -> str:
        return str(self.number)


class Address(models.Model):
    contact = models.ForeignKey(Contact, models.CASCADE, related_name="addresses")
    street = models.CharField(max_length=200, blank=True)
    city = models.CharField(max_length=100, blank=True)
    postal = models.CharField(max_length=20, blank=True)
    country = models.CharField(max_length=2, blank=True)

    class Meta:
        app_label = "bench"
        db_table = "address"

    def __str__(self) -> str:
        return f"{self.street}, {self.city}"


class Affiliation(models.Model):
    company = models.ForeignKey(Contact, models.CASCADE, related_name="people")
    person = models.ForeignKey(Contact, models.CASCADE, related_name="works_for")
    position = models.CharField(max_length=100, blank=True)
    is_primary = models.BooleanField(default=False)

    class Meta:
        app_label = "bench"
        db_table = "affiliation"
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["company"], condition=models.Q(is_primary=True), name="affiliation_primary")
        ]

    def __str__(self) -> str:
        return str(self.position)


MODELS = (Tag, Contact, Email, Phone, Address, Affiliation)
