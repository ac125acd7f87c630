"""The letters in Italian, in the polite form and without a grammatical gender of the reader."""

from __future__ import annotations

TEXTS = {
    "welcome": {
        "subject": "{{ firm }} le dà il benvenuto",
        "text": """\
Buongiorno {{ name }},

{{ firm }} ha aperto per lei un account cliente.

Il suo nome utente: {{ login }}

Scelga qui la sua password:
{{ link }}

Il link funziona una sola volta ed è valido per {{ hours }} ore.
""",
        "html": """\
<p>Buongiorno {{ name }},</p>
<p>{{ firm }} ha aperto per lei un account cliente.</p>
<p>Il suo nome utente: <strong>{{ login }}</strong></p>
<p><a href="{{ link }}">Scegliere la password</a></p>
<p>Il link funziona una sola volta ed è valido per {{ hours }} ore.</p>
""",
    },
    "set-password": {
        "subject": "La sua password presso {{ firm }}",
        "text": """\
Buongiorno {{ name }},

qui può impostare una nuova password per {{ login }}:
{{ link }}

Il link funziona una sola volta ed è valido per {{ hours }} ore. Se non l'ha richiesto, ignori questo messaggio: la sua
password non cambia.

{{ firm }}
""",
        "html": """\
<p>Buongiorno {{ name }},</p>
<p>può impostare una nuova password per <strong>{{ login }}</strong>:
<a href="{{ link }}">impostare la password</a>.</p>
<p>Il link funziona una sola volta ed è valido per {{ hours }} ore. Se non l'ha richiesto, ignori questo messaggio: la
sua password non cambia.</p>
<p>{{ firm }}</p>
""",
    },
    "confirm-email": {
        "subject": "Confermi il nuovo indirizzo presso {{ firm }}",
        "text": """\
Buongiorno {{ name }},

ha chiesto un nuovo nome utente presso {{ firm }}: {{ email }}. Finora è {{ login }}.

Confermi qui il nuovo indirizzo:
{{ link }}

Il link funziona una sola volta ed è valido per {{ hours }} ore. Se non lo ha chiesto, ignori questo messaggio: nulla
cambia.

{{ firm }}
""",
        "html": """\
<p>Buongiorno {{ name }},</p>
<p>ha chiesto un nuovo nome utente presso {{ firm }}: <strong>{{ email }}</strong>. Finora è
<strong>{{ login }}</strong>.</p>
<p><a href="{{ link }}">Conferma il nuovo indirizzo</a></p>
<p>Il link funziona una sola volta ed è valido per {{ hours }} ore. Se non lo ha chiesto, ignori questo messaggio:
nulla cambia.</p>
<p>{{ firm }}</p>
""",
    },
    "email-requested": {
        "subject": "Il suo nome utente presso {{ firm }} sta per cambiare",
        "text": """\
Buongiorno {{ name }},

qualcuno che conosce la sua password ha chiesto un altro indirizzo al posto del suo nome utente {{ login }}.

Nulla cambia finché il nuovo indirizzo non è confermato. Se la richiesta non è sua, cambi subito la password, il che
ferma la modifica, e ci avvisi.

{{ firm }}
""",
        "html": """\
<p>Buongiorno {{ name }},</p>
<p>qualcuno che conosce la sua password ha chiesto un altro indirizzo al posto del suo nome utente
<strong>{{ login }}</strong>.</p>
<p>Nulla cambia finché il nuovo indirizzo non è confermato. Se la richiesta non è sua, cambi subito la password, il che
ferma la modifica, e ci avvisi.</p>
<p>{{ firm }}</p>
""",
    },
    "responsible-assigned": {
        "subject": "Ora segue {{ contact }}",
        "text": """\
Buongiorno {{ name }},

{{ by }} le ha affidato il contatto {{ contact }}.

{{ firm }}
""",
        "html": """\
<p>Buongiorno {{ name }},</p>
<p>{{ by }} le ha affidato il contatto <strong>{{ contact }}</strong>.</p>
<p>{{ firm }}</p>
""",
    },
    "responsible-imported": {
        "subject": "Ora segue dei contatti importati",
        "text": """\
Buongiorno {{ name }},

{{ by }} ha importato dei contatti e glieli ha affidati.

{{ firm }}
""",
        "html": """\
<p>Buongiorno {{ name }},</p>
<p>{{ by }} ha importato dei contatti e glieli ha affidati.</p>
<p>{{ firm }}</p>
""",
    },
    "responsible-several": {
        "subject": "Ora segue altri contatti",
        "text": """\
Buongiorno {{ name }},

{{ by }} le ha affidato diversi contatti.

{{ firm }}
""",
        "html": """\
<p>Buongiorno {{ name }},</p>
<p>{{ by }} le ha affidato diversi contatti.</p>
<p>{{ firm }}</p>
""",
    },
    "form-thanks": {
        "subject": "Il Suo messaggio a {{ firm }}",
        "text": """\
Buongiorno,

grazie, il Suo messaggio a {{ firm }} è arrivato ({{ form }}).

Se non lo ha inviato Lei, ignori questa lettera.

{{ firm }}
""",
        "html": """\
<p>Buongiorno,</p>
<p>grazie, il Suo messaggio a {{ firm }} è arrivato ({{ form }}).</p>
<p>Se non lo ha inviato Lei, ignori questa lettera.</p>
<p>{{ firm }}</p>
""",
    },
}
