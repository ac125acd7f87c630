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
}
