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
}
