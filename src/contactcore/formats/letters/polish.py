"""The letters in Polish. Names stay in the nominative, and the text needs no grammatical gender."""

from __future__ import annotations

TEXTS = {
    "welcome": {
        "subject": "{{ firm }} – witamy",
        "text": """\
Dzień dobry, {{ name }}!

Twoje konto klienta jest gotowe. Prowadzi je: {{ firm }}.

Nazwa użytkownika: {{ login }}

Hasło można ustawić tutaj:
{{ link }}

Link działa tylko raz i jest ważny przez {{ hours }} godz.
""",
        "html": """\
<p>Dzień dobry, {{ name }}!</p>
<p>Twoje konto klienta jest gotowe. Prowadzi je: {{ firm }}.</p>
<p>Nazwa użytkownika: <strong>{{ login }}</strong></p>
<p><a href="{{ link }}">Ustaw hasło</a></p>
<p>Link działa tylko raz i jest ważny przez {{ hours }} godz.</p>
""",
    },
    "set-password": {
        "subject": "{{ firm }} – ustawienie hasła",
        "text": """\
Dzień dobry, {{ name }}!

Nowe hasło do konta {{ login }} można ustawić tutaj:
{{ link }}

Link działa tylko raz i jest ważny przez {{ hours }} godz. Jeśli to nie Twoja prośba, zignoruj tę wiadomość: hasło się
nie zmieni.

{{ firm }}
""",
        "html": """\
<p>Dzień dobry, {{ name }}!</p>
<p>Nowe hasło do konta <strong>{{ login }}</strong>: <a href="{{ link }}">ustaw hasło</a>.</p>
<p>Link działa tylko raz i jest ważny przez {{ hours }} godz. Jeśli to nie Twoja prośba, zignoruj tę wiadomość: hasło
się nie zmieni.</p>
<p>{{ firm }}</p>
""",
    },
    "confirm-email": {
        "subject": "{{ firm }} – potwierdzenie nowego adresu",
        "text": """\
Dzień dobry, {{ name }}!

Nowa nazwa użytkownika ma brzmieć: {{ email }}. Dotychczasowa to: {{ login }}.

Nowy adres można potwierdzić tutaj:
{{ link }}

Link działa tylko raz i jest ważny przez {{ hours }} godz. Jeśli to nie Twoja prośba, zignoruj tę wiadomość: nic się
nie zmieni.

{{ firm }}
""",
        "html": """\
<p>Dzień dobry, {{ name }}!</p>
<p>Nowa nazwa użytkownika ma brzmieć: <strong>{{ email }}</strong>. Dotychczasowa to:
<strong>{{ login }}</strong>.</p>
<p><a href="{{ link }}">Potwierdź nowy adres</a></p>
<p>Link działa tylko raz i jest ważny przez {{ hours }} godz. Jeśli to nie Twoja prośba, zignoruj tę wiadomość: nic
się nie zmieni.</p>
<p>{{ firm }}</p>
""",
    },
    "email-requested": {
        "subject": "{{ firm }} – prośba o zmianę nazwy użytkownika",
        "text": """\
Dzień dobry, {{ name }}!

Ktoś, kto zna Twoje hasło, poprosił o inny adres zamiast nazwy użytkownika {{ login }}.

Nic się nie zmieni, dopóki nowy adres nie zostanie potwierdzony. Jeśli to nie Twoja prośba, zmień od razu hasło, co
zatrzyma zmianę, i daj nam znać.

{{ firm }}
""",
        "html": """\
<p>Dzień dobry, {{ name }}!</p>
<p>Ktoś, kto zna Twoje hasło, poprosił o inny adres zamiast nazwy użytkownika <strong>{{ login }}</strong>.</p>
<p>Nic się nie zmieni, dopóki nowy adres nie zostanie potwierdzony. Jeśli to nie Twoja prośba, zmień od razu hasło, co
zatrzyma zmianę, i daj nam znać.</p>
<p>{{ firm }}</p>
""",
    },
    "responsible-assigned": {
        "subject": "Nowy kontakt pod Twoją opieką: {{ contact }}",
        "text": """\
Dzień dobry, {{ name }}!

Masz nowy kontakt pod opieką: {{ contact }}.
Przypisanie: {{ by }}.

{{ firm }}
""",
        "html": """\
<p>Dzień dobry, {{ name }}!</p>
<p>Masz nowy kontakt pod opieką: <strong>{{ contact }}</strong>.<br>
Przypisanie: {{ by }}.</p>
<p>{{ firm }}</p>
""",
    },
    "responsible-imported": {
        "subject": "Zaimportowane kontakty pod Twoją opieką",
        "text": """\
Dzień dobry, {{ name }}!

Masz pod opieką nowe kontakty z importu.
Przypisanie: {{ by }}.

{{ firm }}
""",
        "html": """\
<p>Dzień dobry, {{ name }}!</p>
<p>Masz pod opieką nowe kontakty z importu.<br>
Przypisanie: {{ by }}.</p>
<p>{{ firm }}</p>
""",
    },
    "responsible-several": {
        "subject": "Kolejne kontakty pod Twoją opieką",
        "text": """\
Dzień dobry, {{ name }}!

Masz pod opieką kolejne kontakty.
Przypisanie: {{ by }}.

{{ firm }}
""",
        "html": """\
<p>Dzień dobry, {{ name }}!</p>
<p>Masz pod opieką kolejne kontakty.<br>
Przypisanie: {{ by }}.</p>
<p>{{ firm }}</p>
""",
    },
    "form-thanks": {
        "subject": "Wiadomość do {{ firm }}",
        "text": """\
Dzień dobry,

dziękujemy, wiadomość do {{ firm }} dotarła ({{ form }}).

Jeśli nie została wysłana z Państwa inicjatywy, proszę zignorować ten list.

{{ firm }}
""",
        "html": """\
<p>Dzień dobry,</p>
<p>dziękujemy, wiadomość do {{ firm }} dotarła ({{ form }}).</p>
<p>Jeśli nie została wysłana z Państwa inicjatywy, proszę zignorować ten list.</p>
<p>{{ firm }}</p>
""",
    },
}
