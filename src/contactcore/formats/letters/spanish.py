"""The letters in Spanish, in the polite form and without a grammatical gender of the reader."""

from __future__ import annotations

TEXTS = {
    "welcome": {
        "subject": "{{ firm }} le da la bienvenida",
        "text": """\
Hola, {{ name }}:

{{ firm }} le ha abierto una cuenta de cliente.

Su nombre de usuario: {{ login }}

Elija aquí su contraseña:
{{ link }}

El enlace funciona una sola vez y es válido durante {{ hours }} horas.
""",
        "html": """\
<p>Hola, {{ name }}:</p>
<p>{{ firm }} le ha abierto una cuenta de cliente.</p>
<p>Su nombre de usuario: <strong>{{ login }}</strong></p>
<p><a href="{{ link }}">Elegir la contraseña</a></p>
<p>El enlace funciona una sola vez y es válido durante {{ hours }} horas.</p>
""",
    },
    "set-password": {
        "subject": "Su contraseña en {{ firm }}",
        "text": """\
Hola, {{ name }}:

aquí puede establecer una contraseña nueva para {{ login }}:
{{ link }}

El enlace funciona una sola vez y es válido durante {{ hours }} horas. Si no lo ha pedido, no haga caso de este mensaje:
su contraseña no cambia.

{{ firm }}
""",
        "html": """\
<p>Hola, {{ name }}:</p>
<p>Puede establecer una contraseña nueva para <strong>{{ login }}</strong>:
<a href="{{ link }}">establecer la contraseña</a>.</p>
<p>El enlace funciona una sola vez y es válido durante {{ hours }} horas. Si no lo ha pedido, no haga caso de este
mensaje: su contraseña no cambia.</p>
<p>{{ firm }}</p>
""",
    },
    "confirm-email": {
        "subject": "Confirme su nueva dirección en {{ firm }}",
        "text": """\
Hola, {{ name }}:

Usted ha pedido un nuevo nombre de usuario en {{ firm }}: {{ email }}. Hasta ahora es {{ login }}.

Confirme aquí la nueva dirección:
{{ link }}

El enlace funciona una sola vez y es válido durante {{ hours }} horas. Si no lo ha pedido, ignore este mensaje: nada
cambia.

{{ firm }}
""",
        "html": """\
<p>Hola, {{ name }}:</p>
<p>Usted ha pedido un nuevo nombre de usuario en {{ firm }}: <strong>{{ email }}</strong>. Hasta ahora es
<strong>{{ login }}</strong>.</p>
<p><a href="{{ link }}">Confirmar la nueva dirección</a></p>
<p>El enlace funciona una sola vez y es válido durante {{ hours }} horas. Si no lo ha pedido, ignore este mensaje:
nada cambia.</p>
<p>{{ firm }}</p>
""",
    },
    "email-requested": {
        "subject": "Su nombre de usuario en {{ firm }} va a cambiar",
        "text": """\
Hola, {{ name }}:

Alguien que conoce su contraseña ha pedido otra dirección en lugar de su nombre de usuario {{ login }}.

Nada cambia hasta que se confirme la nueva dirección. Si no ha sido usted, cambie enseguida su contraseña, lo que
detiene el cambio, y avísenos.

{{ firm }}
""",
        "html": """\
<p>Hola, {{ name }}:</p>
<p>Alguien que conoce su contraseña ha pedido otra dirección en lugar de su nombre de usuario
<strong>{{ login }}</strong>.</p>
<p>Nada cambia hasta que se confirme la nueva dirección. Si no ha sido usted, cambie enseguida su contraseña, lo que
detiene el cambio, y avísenos.</p>
<p>{{ firm }}</p>
""",
    },
    "responsible-assigned": {
        "subject": "Ahora se ocupa de {{ contact }}",
        "text": """\
Hola, {{ name }}:

{{ by }} le ha asignado el contacto {{ contact }}.

{{ firm }}
""",
        "html": """\
<p>Hola, {{ name }}:</p>
<p>{{ by }} le ha asignado el contacto <strong>{{ contact }}</strong>.</p>
<p>{{ firm }}</p>
""",
    },
    "responsible-imported": {
        "subject": "Ahora se ocupa de contactos importados",
        "text": """\
Hola, {{ name }}:

{{ by }} ha importado contactos y se los ha asignado.

{{ firm }}
""",
        "html": """\
<p>Hola, {{ name }}:</p>
<p>{{ by }} ha importado contactos y se los ha asignado.</p>
<p>{{ firm }}</p>
""",
    },
    "responsible-several": {
        "subject": "Ahora se ocupa de otros contactos",
        "text": """\
Hola, {{ name }}:

{{ by }} le ha asignado varios contactos.

{{ firm }}
""",
        "html": """\
<p>Hola, {{ name }}:</p>
<p>{{ by }} le ha asignado varios contactos.</p>
<p>{{ firm }}</p>
""",
    },
    "form-thanks": {
        "subject": "Su mensaje a {{ firm }}",
        "text": """\
Hola:

gracias, su mensaje a {{ firm }} ha llegado ({{ form }}).

Si no lo envió usted, ignore esta carta.

{{ firm }}
""",
        "html": """\
<p>Hola:</p>
<p>gracias, su mensaje a {{ firm }} ha llegado ({{ form }}).</p>
<p>Si no lo envió usted, ignore esta carta.</p>
<p>{{ firm }}</p>
""",
    },
}
