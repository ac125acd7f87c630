"""The contacts as SQLAlchemy 2 models, with pydantic models for input and output."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any, Literal

import phonenumbers
from pydantic import AfterValidator, BaseModel, ConfigDict, EmailStr
from sqlalchemy import JSON, Column, ForeignKey, Index, Table, text
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column, relationship

__all__ = [
    "Address",
    "Affiliation",
    "Base",
    "Contact",
    "ContactIn",
    "ContactOut",
    "Email",
    "FieldsIn",
    "Line",
    "Phone",
    "Tag",
    "contact_tag",
    "e164",
]


class Base(DeclarativeBase):
    pass


contact_tag = Table(
    "contact_tag",
    Base.metadata,
    Column("contact_id", ForeignKey("contact.id"), primary_key=True),
    Column("tag_id", ForeignKey("tag.id"), primary_key=True),
)


class Contact(Base):
    __tablename__ = "contact"
    __table_args__ = (Index("contact_sort", "sort_key", "id"), Index("contact_owner", "owner", "sort_key", "id"))

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str]
    name: Mapped[str]
    given: Mapped[str]
    family: Mapped[str]
    sort_key: Mapped[str]
    words: Mapped[str]
    tag_words: Mapped[str]
    owner: Mapped[str]
    note: Mapped[str]
    fields: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
    version: Mapped[int] = mapped_column()
    emails: Mapped[list[Email]] = relationship(order_by="Email.id", cascade="all, delete-orphan")
    phones: Mapped[list[Phone]] = relationship(order_by="Phone.id", cascade="all, delete-orphan")
    addresses: Mapped[list[Address]] = relationship(cascade="all, delete-orphan")
    tags: Mapped[list[Tag]] = relationship(secondary=contact_tag)
    people: Mapped[list[Affiliation]] = relationship(foreign_keys="Affiliation.company_id")

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 - the declaration that SQLAlchemy requires


class Email(Base):
    __tablename__ = "email"

    id: Mapped[int] = mapped_column(primary_key=True)
    contact_id: Mapped[int] = mapped_column(ForeignKey("contact.id"), index=True)
    address: Mapped[str]
    folded: Mapped[str] = mapped_column(index=True)


class Phone(Base):
    __tablename__ = "phone"

    id: Mapped[int] = mapped_column(primary_key=True)
    contact_id: Mapped[int] = mapped_column(ForeignKey("contact.id"), index=True)
    number: Mapped[str] = mapped_column(index=True)


class Address(Base):
    __tablename__ = "address"

    id: Mapped[int] = mapped_column(primary_key=True)
    contact_id: Mapped[int] = mapped_column(ForeignKey("contact.id"), index=True)
    street: Mapped[str]
    city: Mapped[str]
    postal: Mapped[str]
    country: Mapped[str]


class Tag(Base):
    __tablename__ = "tag"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(unique=True)


class Affiliation(Base):
    __tablename__ = "affiliation"

    id: Mapped[int] = mapped_column(primary_key=True)
    company_id: Mapped[int] = mapped_column(ForeignKey("contact.id"), index=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("contact.id"), index=True)
    position: Mapped[str]
    is_primary: Mapped[bool]
    person: Mapped[Contact] = relationship(foreign_keys=[person_id])

    __table_args__ = (
        Index(
            "affiliation_primary",
            "company_id",
            unique=True,
            sqlite_where=text("is_primary"),
            postgresql_where=text("is_primary"),
        ),
    )


def e164(typed: str) -> str:
    """Return a number in E.164; a national number is read as French."""
    try:
        number = phonenumbers.parse(typed, "FR")
    except phonenumbers.NumberParseException as error:
        raise ValueError(str(error)) from error
    if not phonenumbers.is_valid_number(number):
        raise ValueError("not a telephone number")
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


class AddressIn(BaseModel):
    model_config = ConfigDict(from_attributes=True)
    street: str
    city: str
    postal: str
    country: str


class FieldsIn(BaseModel):
    """The custom fields of an export."""

    since: date | None = None
    discount: float | None = None
    level: Literal["gold", "silver", "basic"] | None = None
    badge: str | None = None


class ContactIn(BaseModel):
    kind: str
    name: str
    given: str = ""
    family: str = ""
    emails: list[EmailStr] = []
    phones: list[Annotated[str, AfterValidator(e164)]] = []
    addresses: list[AddressIn] = []
    tags: list[str] = []
    note: str = ""
    fields: FieldsIn | None = None


class _Row(BaseModel):
    model_config = ConfigDict(from_attributes=True)


class EmailOut(_Row):
    address: str


class PhoneOut(_Row):
    number: str


class TagOut(_Row):
    name: str


class Line(_Row):
    """A line of a list."""

    id: int
    kind: str
    name: str
    sort_key: str
    emails: list[EmailOut]
    phones: list[PhoneOut]


class PersonOut(_Row):
    id: int
    name: str


class AffiliationOut(_Row):
    position: str
    is_primary: bool
    person: PersonOut


class ContactOut(Line):
    given: str
    family: str
    note: str
    version: int
    addresses: list[AddressIn]
    tags: list[TagOut]
    fields: FieldsIn | None
    people: list[AffiliationOut]
