"""The letters in German, in the polite form."""

from __future__ import annotations

TEXTS = {
    "welcome": {
        "subject": "Willkommen bei {{ firm }}",
        "text": """\
Guten Tag {{ name }},

{{ firm }} hat ein Kundenkonto für Sie eingerichtet.

Ihr Anmeldename: {{ login }}

Bitte wählen Sie hier Ihr Passwort:
{{ link }}

Der Link funktioniert einmal und ist {{ hours }} Stunden gültig.
""",
        "html": """\
<p>Guten Tag {{ name }},</p>
<p>{{ firm }} hat ein Kundenkonto für Sie eingerichtet.</p>
<p>Ihr Anmeldename: <strong>{{ login }}</strong></p>
<p><a href="{{ link }}">Passwort wählen</a></p>
<p>Der Link funktioniert einmal und ist {{ hours }} Stunden gültig.</p>
""",
    },
    "set-password": {
        "subject": "Ihr Passwort bei {{ firm }}",
        "text": """\
Guten Tag {{ name }},

hier können Sie ein neues Passwort für {{ login }} festlegen:
{{ link }}

Der Link funktioniert einmal und ist {{ hours }} Stunden gültig. Wenn Sie ihn nicht angefordert haben, können Sie diese
Nachricht ignorieren: Ihr Passwort bleibt, wie es ist.

{{ firm }}
""",
        "html": """\
<p>Guten Tag {{ name }},</p>
<p>Sie können ein neues Passwort für <strong>{{ login }}</strong> festlegen:
<a href="{{ link }}">Passwort festlegen</a>.</p>
<p>Der Link funktioniert einmal und ist {{ hours }} Stunden gültig. Wenn Sie ihn nicht angefordert haben, können Sie
diese Nachricht ignorieren: Ihr Passwort bleibt, wie es ist.</p>
<p>{{ firm }}</p>
""",
    },
    "confirm-email": {
        "subject": "Bitte bestätigen Sie Ihre neue Adresse bei {{ firm }}",
        "text": """\
Guten Tag {{ name }},

Sie möchten sich bei {{ firm }} künftig mit {{ email }} anmelden. Bisher ist Ihr Anmeldename {{ login }}.

Bitte bestätigen Sie hier die neue Adresse:
{{ link }}

Der Link funktioniert einmal und ist {{ hours }} Stunden gültig. Wenn Sie ihn nicht angefordert haben, können Sie
diese Nachricht ignorieren: Es ändert sich nichts.

{{ firm }}
""",
        "html": """\
<p>Guten Tag {{ name }},</p>
<p>Sie möchten sich bei {{ firm }} künftig mit <strong>{{ email }}</strong> anmelden. Bisher ist Ihr Anmeldename
<strong>{{ login }}</strong>.</p>
<p><a href="{{ link }}">Neue Adresse bestätigen</a></p>
<p>Der Link funktioniert einmal und ist {{ hours }} Stunden gültig. Wenn Sie ihn nicht angefordert haben, können Sie
diese Nachricht ignorieren: Es ändert sich nichts.</p>
<p>{{ firm }}</p>
""",
    },
    "email-requested": {
        "subject": "Ihr Anmeldename bei {{ firm }} soll sich ändern",
        "text": """\
Guten Tag {{ name }},

jemand, der Ihr Passwort kennt, hat anstelle Ihres Anmeldenamens {{ login }} eine andere Adresse gewünscht.

Es ändert sich nichts, bevor die neue Adresse bestätigt ist. Wenn Sie das nicht waren, ändern Sie bitte sofort Ihr
Passwort, was die Änderung aufhält, und melden Sie sich bei uns.

{{ firm }}
""",
        "html": """\
<p>Guten Tag {{ name }},</p>
<p>jemand, der Ihr Passwort kennt, hat anstelle Ihres Anmeldenamens <strong>{{ login }}</strong> eine andere Adresse
gewünscht.</p>
<p>Es ändert sich nichts, bevor die neue Adresse bestätigt ist. Wenn Sie das nicht waren, ändern Sie bitte sofort Ihr
Passwort, was die Änderung aufhält, und melden Sie sich bei uns.</p>
<p>{{ firm }}</p>
""",
    },
    "responsible-assigned": {
        "subject": "Sie betreuen jetzt {{ contact }}",
        "text": """\
Guten Tag {{ name }},

{{ by }} hat Ihnen die Betreuung von {{ contact }} übertragen.

{{ firm }}
""",
        "html": """\
<p>Guten Tag {{ name }},</p>
<p>{{ by }} hat Ihnen die Betreuung von <strong>{{ contact }}</strong> übertragen.</p>
<p>{{ firm }}</p>
""",
    },
    "responsible-imported": {
        "subject": "Sie betreuen jetzt importierte Kontakte",
        "text": """\
Guten Tag {{ name }},

{{ by }} hat Kontakte importiert und Ihnen deren Betreuung übertragen.

{{ firm }}
""",
        "html": """\
<p>Guten Tag {{ name }},</p>
<p>{{ by }} hat Kontakte importiert und Ihnen deren Betreuung übertragen.</p>
<p>{{ firm }}</p>
""",
    },
    "responsible-several": {
        "subject": "Sie betreuen jetzt weitere Kontakte",
        "text": """\
Guten Tag {{ name }},

{{ by }} hat Ihnen die Betreuung mehrerer Kontakte übertragen.

{{ firm }}
""",
        "html": """\
<p>Guten Tag {{ name }},</p>
<p>{{ by }} hat Ihnen die Betreuung mehrerer Kontakte übertragen.</p>
<p>{{ firm }}</p>
""",
    },
    "form-thanks": {
        "subject": "Ihre Nachricht an {{ firm }}",
        "text": """\
Guten Tag,

vielen Dank, Ihre Nachricht an {{ firm }} ist angekommen ({{ form }}).

Wenn Sie sie nicht gesendet haben, beachten Sie diesen Brief nicht.

{{ firm }}
""",
        "html": """\
<p>Guten Tag,</p>
<p>vielen Dank, Ihre Nachricht an {{ firm }} ist angekommen ({{ form }}).</p>
<p>Wenn Sie sie nicht gesendet haben, beachten Sie diesen Brief nicht.</p>
<p>{{ firm }}</p>
""",
    },
}
