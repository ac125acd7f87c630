"""Column names in Spanish."""

from __future__ import annotations

EXACT = {
    "kind": "Es una compañía|Es una empresa|Tipo de compañía|Tipo de empresa|Tipo de persona",
    "?kind": "Tipo",
    "prefix": "Tratamiento|Prefijo|Saludo|Título de cortesía",
    "given": "Nombre de pila|Primer nombre|Nombres",
    "middle": "Segundo nombre|Otros nombres",
    "family": "Segundo apellido|Apellidos|Apellido|Primer apellido|Apellido 1|Apellido 2|Apellido paterno|"
    "Apellido materno",
    "suffix": "Sufijo",
    "nickname": "Apodo|Nick|Alias|Sobrenombre|Mote",
    "full_name": "Nombre completo|Nombre y apellidos|Nombre y apellido|Apellidos y nombre|Nombre para mostrar|"
    "Nombre mostrado|Contacto|Persona de contacto|Cliente|Nombre del cliente|Nombre cliente|"
    "Nombre del contacto|Nombre de contacto|Apellidos, Nombre",
    "phonetic_given": "Yomi especificada|Nombre Yomi",
    "phonetic_family": "Apellido Yomi",
    "company": "Nombre fiscal|Denominación|Denominación social|Entidad|Empresa relacionada|Empresa|Organización|"
    "Compañía|Razón social|Nombre de la empresa|Sociedad|Nombre de la organización|"
    "Nombre empresa|Nombre comercial|Nombre de la cuenta|Nombre de cuenta",
    "department": "Departamento|Área|Sección",
    "position": "Puesto|Cargo|Función|Posición|Puesto de trabajo",
    "?position": "Profesión|Ocupación",
    "birthday": "Fecha nacimiento|F. nacimiento|Fecha nac.|Cumpleaños|Fecha de nacimiento|Nacimiento",
    "birthday.year": "Año de nacimiento",
    "birthday.month": "Mes de nacimiento",
    "birthday.day": "Día de nacimiento",
    "anniversary": "Aniversario|Aniversario de boda",
    "gender": "Sexo|Género",
    "notes": "Notas|Nota|Observaciones|Comentarios|Comentario|Descripción",
    "tags": "Categorías|Etiquetas|Etiqueta|Grupos|Grupo|Palabras clave",
    "categories": "Categoría",
    "type": "Tipo de contacto|Tipo de cliente",
    "responsible": "Responsable|Usuario responsable|Responsable de la cuenta",
    "site": "Sede|Nombre de la sede|Sucursal|Delegación",
    "item": "Elemento|Mascota|Nombre de la mascota|Vehículo|Expediente|Nombre del paciente",
    "language": "Idioma|Lengua",
    "currency": "Moneda|Divisa",
    "photo_url": "Foto",
    "external_id": "Código cliente|Cód. cliente|Nº cliente|Número de cliente|Código de cliente|Identificador|"
    "N.º de cliente|ID de registro|ID de contacto",
    "emails": "Dirección de correo electrónico secundaria|Dirección de correo electrónico|"
    "Dirección del correo electrónico|Correo electrónico principal|"
    "Correo electrónico secundario|Dirección de correo electrónico 2|Dirección de correo electrónico 3|"
    "Dirección del correo electrónico 3|Dirección de correo",
    "phones[home]": "Particular",
    "phones": "Teléfono/Fax|Tel/Fax",
    "phones[main]": "Teléfono principal",
    "phones[company]": "Número de centralita de la organización|Centralita",
    "phones[assistant]": "Teléfono del ayudante|Teléfono del asistente",
    "phones[car]": "Teléfono del automóvil",
    "phones[pager]": "Buscapersonas|Localizador",
    "addresses[work].street": "Domicilio fiscal",
    "addresses[work].po_box": "Apartado postal de la dirección del trabajo",
    "addresses[home].po_box": "Apartado postal de la dirección personal",
    "addresses[other].po_box": "Otro apartado postal",
    "ignore": "NIF/CIF|Asistente|Nombre en pantalla|Personalizado 1|Personalizado 2|Personalizado 3|Personalizado 4|"
    "Cónyuge|Cuenta|"
    "Iniciales|Ubicación|Tipo de correo electrónico|Tipo de correo electrónico 2|Tipo de correo electrónico 3|"
    "Nombre de pantalla de correo electrónico|Nombre de pantalla de correo electrónico 2|"
    "Nombre de pantalla de correo electrónico 3|Nombre del director|Devolución de llamada|Radioteléfono|"
    "Número de teletipo|Télex|Facturación|Hijos|Aficiones|Kilometraje|Prioridad|Privado|Confidencialidad|"
    "Usuario 1|Usuario 2|Usuario 3|Usuario 4|Compañía Yomi|NIF|CIF|DNI|Propietario|Propietario del contacto|"
    "Propietario de la empresa|Propietario de la cuenta|Asignado a|Creado por|Modificado por",
    "?given-or-full": "Nombre",
    "?title": "Título",
}

NOUNS = {
    "email": "email|mail|correo|correo electronico|direccion de correo electronico|correo e|direccion email|"
    "direccion de correo|emails|correos",
    "phone": "telefono|tel|numero de telefono|telefono fijo|tfno|tlf|fijo|telefonos|n de telefono|num telefono",
    "mobile": "movil|celular|telefono movil|telefono celular|numero de movil|tel movil",
    "fax": "fax|numero de fax",
    "pager": "buscapersonas",
    "address": "direccion|direccion postal|domicilio postal|domicilio",
    "street": "calle|via|calle y numero|direccion linea|calle y n|calle n",
    "number": "numero de calle|numero de la calle|numero exterior|num exterior|numero de portal",
    "city": "ciudad|localidad|poblacion|municipio",
    "region": "provincia|estado|provincia o estado|estado provincia|comunidad autonoma|region",
    "postal_code": "codigo postal|cp|c p|cod postal",
    "country": "pais|pais o region|pais region",
    "po_box": "apartado postal|apartado de correos",
    "formatted": "direccion completa",
    "website": "pagina web|sitio web|web|url|pagina de internet|direccion web",
}

KINDS = {
    "work": "trabajo|laboral|oficina|profesional|empresa",
    "home": "casa|particular|personal|domicilio|vive|residencia",
    "other": "otro|otra|secundario|alternativo|adicional",
}

FILL = "donde|de|del|la|el|principal|numero"

LABEL = "etiqueta|tipo"
VALUE = "valor"
