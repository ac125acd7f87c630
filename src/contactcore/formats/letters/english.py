"""The letters in English."""

from __future__ import annotations

TEXTS = {
    "welcome": {
        "subject": "Welcome to {{ firm }}",
        "text": """\
Hello {{ name }},

{{ firm }} has opened a customer account for you.

Your login name: {{ login }}

Please choose your password here:
{{ link }}

The link works once and is valid for {{ hours }} hours.
""",
        "html": """\
<p>Hello {{ name }},</p>
<p>{{ firm }} has opened a customer account for you.</p>
<p>Your login name: <strong>{{ login }}</strong></p>
<p><a href="{{ link }}">Choose your password</a></p>
<p>The link works once and is valid for {{ hours }} hours.</p>
""",
    },
    "set-password": {
        "subject": "Your password at {{ firm }}",
        "text": """\
Hello {{ name }},

you can set a new password for {{ login }} here:
{{ link }}

The link works once and is valid for {{ hours }} hours. If you did not ask for it, ignore this message: your password
stays as it is.

{{ firm }}
""",
        "html": """\
<p>Hello {{ name }},</p>
<p>you can set a new password for <strong>{{ login }}</strong>: <a href="{{ link }}">set the password</a>.</p>
<p>The link works once and is valid for {{ hours }} hours. If you did not ask for it, ignore this message: your password
stays as it is.</p>
<p>{{ firm }}</p>
""",
    },
    "confirm-email": {
        "subject": "Confirm your new address at {{ firm }}",
        "text": """\
Hello {{ name }},

you asked for a new login name at {{ firm }}: {{ email }}. So far it is {{ login }}.

Please confirm the new address here:
{{ link }}

The link works once and is valid for {{ hours }} hours. If you did not ask for it, ignore this message: nothing
changes.

{{ firm }}
""",
        "html": """\
<p>Hello {{ name }},</p>
<p>you asked for a new login name at {{ firm }}: <strong>{{ email }}</strong>. So far it is
<strong>{{ login }}</strong>.</p>
<p><a href="{{ link }}">Confirm the new address</a></p>
<p>The link works once and is valid for {{ hours }} hours. If you did not ask for it, ignore this message: nothing
changes.</p>
<p>{{ firm }}</p>
""",
    },
    "email-requested": {
        "subject": "Your login name at {{ firm }} is to change",
        "text": """\
Hello {{ name }},

somebody who knows your password asked for another address in place of your login name {{ login }}.

Nothing changes before the new address is confirmed. If it was not you, change your password at once, which stops the
change, and tell us.

{{ firm }}
""",
        "html": """\
<p>Hello {{ name }},</p>
<p>somebody who knows your password asked for another address in place of your login name
<strong>{{ login }}</strong>.</p>
<p>Nothing changes before the new address is confirmed. If it was not you, change your password at once, which stops
the change, and tell us.</p>
<p>{{ firm }}</p>
""",
    },
    "responsible-assigned": {
        "subject": "You look after {{ contact }}",
        "text": """\
Hello {{ name }},

{{ by }} made you responsible for {{ contact }}.

{{ firm }}
""",
        "html": """\
<p>Hello {{ name }},</p>
<p>{{ by }} made you responsible for <strong>{{ contact }}</strong>.</p>
<p>{{ firm }}</p>
""",
    },
    "responsible-imported": {
        "subject": "You look after imported contacts",
        "text": """\
Hello {{ name }},

{{ by }} imported contacts and made you responsible for them.

{{ firm }}
""",
        "html": """\
<p>Hello {{ name }},</p>
<p>{{ by }} imported contacts and made you responsible for them.</p>
<p>{{ firm }}</p>
""",
    },
    "responsible-several": {
        "subject": "You look after more contacts",
        "text": """\
Hello {{ name }},

{{ by }} made you responsible for several contacts.

{{ firm }}
""",
        "html": """\
<p>Hello {{ name }},</p>
<p>{{ by }} made you responsible for several contacts.</p>
<p>{{ firm }}</p>
""",
    },
    "form-thanks": {
        "subject": "Your message to {{ firm }}",
        "text": """\
Hello,

thank you, your message to {{ firm }} has arrived ({{ form }}).

If you did not send it, ignore this letter.

{{ firm }}
""",
        "html": """\
<p>Hello,</p>
<p>thank you, your message to {{ firm }} has arrived ({{ form }}).</p>
<p>If you did not send it, ignore this letter.</p>
<p>{{ firm }}</p>
""",
    },
}
