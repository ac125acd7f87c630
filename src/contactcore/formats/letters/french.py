"""The letters in French."""

from __future__ import annotations

TEXTS = {
    "welcome": {
        "subject": "Bienvenue chez {{ firm }}",
        "text": """\
Bonjour {{ name }},

{{ firm }} vous a ouvert un espace client.

Votre identifiant : {{ login }}

Choisissez votre mot de passe ici :
{{ link }}

Ce lien ne sert qu'une fois et reste valable {{ hours }} h.
""",
        "html": """\
<p>Bonjour {{ name }},</p>
<p>{{ firm }} vous a ouvert un espace client.</p>
<p>Votre identifiant : <strong>{{ login }}</strong></p>
<p><a href="{{ link }}">Choisir votre mot de passe</a></p>
<p>Ce lien ne sert qu'une fois et reste valable {{ hours }} h.</p>
""",
    },
    "set-password": {
        "subject": "Votre mot de passe chez {{ firm }}",
        "text": """\
Bonjour {{ name }},

vous pouvez définir un nouveau mot de passe pour {{ login }} ici :
{{ link }}

Ce lien ne sert qu'une fois et reste valable {{ hours }} h. Si vous n'avez rien demandé, ignorez ce message : votre mot
de passe ne change pas.

{{ firm }}
""",
        "html": """\
<p>Bonjour {{ name }},</p>
<p>vous pouvez définir un nouveau mot de passe pour <strong>{{ login }}</strong> :
<a href="{{ link }}">définir le mot de passe</a>.</p>
<p>Ce lien ne sert qu'une fois et reste valable {{ hours }} h. Si vous n'avez rien demandé, ignorez ce message : votre
mot de passe ne change pas.</p>
<p>{{ firm }}</p>
""",
    },
    "confirm-email": {
        "subject": "Confirmez votre nouvelle adresse chez {{ firm }}",
        "text": """\
Bonjour {{ name }},

vous souhaitez un nouvel identifiant chez {{ firm }} : {{ email }}. Jusqu'ici c'est {{ login }}.

Confirmez la nouvelle adresse ici :
{{ link }}

Ce lien ne sert qu'une fois et reste valable {{ hours }} h. Si vous n'avez rien demandé, ignorez ce message : rien ne
change.

{{ firm }}
""",
        "html": """\
<p>Bonjour {{ name }},</p>
<p>vous souhaitez un nouvel identifiant chez {{ firm }} : <strong>{{ email }}</strong>. Jusqu'ici c'est
<strong>{{ login }}</strong>.</p>
<p><a href="{{ link }}">Confirmer la nouvelle adresse</a></p>
<p>Ce lien ne sert qu'une fois et reste valable {{ hours }} h. Si vous n'avez rien demandé, ignorez ce message : rien
ne change.</p>
<p>{{ firm }}</p>
""",
    },
    "email-requested": {
        "subject": "Votre identifiant chez {{ firm }} va changer",
        "text": """\
Bonjour {{ name }},

quelqu'un qui connaît votre mot de passe a demandé une autre adresse à la place de votre identifiant {{ login }}.

Rien ne change tant que la nouvelle adresse n'est pas confirmée. Si ce n'était pas vous, changez tout de suite votre
mot de passe, ce qui arrête le changement, et prévenez-nous.

{{ firm }}
""",
        "html": """\
<p>Bonjour {{ name }},</p>
<p>quelqu'un qui connaît votre mot de passe a demandé une autre adresse à la place de votre identifiant
<strong>{{ login }}</strong>.</p>
<p>Rien ne change tant que la nouvelle adresse n'est pas confirmée. Si ce n'était pas vous, changez tout de suite
votre mot de passe, ce qui arrête le changement, et prévenez-nous.</p>
<p>{{ firm }}</p>
""",
    },
    "responsible-assigned": {
        "subject": "Vous suivez désormais {{ contact }}",
        "text": """\
Bonjour {{ name }},

{{ by }} vous a confié le suivi de {{ contact }}.

{{ firm }}
""",
        "html": """\
<p>Bonjour {{ name }},</p>
<p>{{ by }} vous a confié le suivi de <strong>{{ contact }}</strong>.</p>
<p>{{ firm }}</p>
""",
    },
    "responsible-imported": {
        "subject": "Vous suivez désormais des contacts importés",
        "text": """\
Bonjour {{ name }},

{{ by }} a importé des contacts et vous en a confié le suivi.

{{ firm }}
""",
        "html": """\
<p>Bonjour {{ name }},</p>
<p>{{ by }} a importé des contacts et vous en a confié le suivi.</p>
<p>{{ firm }}</p>
""",
    },
    "responsible-several": {
        "subject": "Vous suivez désormais plusieurs contacts",
        "text": """\
Bonjour {{ name }},

{{ by }} vous a confié le suivi de plusieurs contacts.

{{ firm }}
""",
        "html": """\
<p>Bonjour {{ name }},</p>
<p>{{ by }} vous a confié le suivi de plusieurs contacts.</p>
<p>{{ firm }}</p>
""",
    },
    "form-thanks": {
        "subject": "Votre message à {{ firm }}",
        "text": """\
Bonjour,

merci, votre message à {{ firm }} est bien arrivé ({{ form }}).

Si vous ne l'avez pas envoyé, ignorez cette lettre.

{{ firm }}
""",
        "html": """\
<p>Bonjour,</p>
<p>merci, votre message à {{ firm }} est bien arrivé ({{ form }}).</p>
<p>Si vous ne l'avez pas envoyé, ignorez cette lettre.</p>
<p>{{ firm }}</p>
""",
    },
}
